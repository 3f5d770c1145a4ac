"""What a step of each arm takes, measured in turns within one process.

A machine that does other things as well is slow now and fast then. So all arms take a step in
turn, round after round, and the processor time of the median round counts; `BLOCKS` such medians
are pairs as the seeds are.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from pellucid.lab.journal import Journal
from pellucid.lab.recurrent.arms import Arm
from pellucid.lab.recurrent.problem import Problem
from pellucid.lab.recurrent.solver import Fit

BLOCKS, ROUNDS = 5, 7
WARM_UP = 2  # rounds
DIGITS = 3


@dataclass(frozen=True)
class Cost:
    """Of an arm on a machine. parameters: of its network. ms: of a step, each block's median."""

    arm: str
    setting: Mapping[str, Any]
    parameters: int
    machine: str
    ms: Sequence[float]


def known_costs(journal: Journal, arms: Mapping[str, Arm]) -> dict[str, Cost]:
    """The latest in the journal of each arm that is still set as it was."""
    found = [Cost(**row["cost"]) for row in journal.rows if "cost" in row]
    return {c.arm: c for c in found if c.arm in arms and dict(c.setting) == asdict(arms[c.arm])}


def measure(journal: Journal, problem: Problem, arms: Mapping[str, Arm], machine: str) -> None:
    """Time all arms together and keep what they cost."""
    fits = {name: Fit(arm, problem, 1, BLOCKS * ROUNDS + WARM_UP) for name, arm in arms.items()}
    for _ in range(WARM_UP):
        for fit in fits.values():
            fit.step()
    blocks = [_block(fits) for _ in range(BLOCKS)]
    for name, fit in fits.items():
        size = sum(p.numel() for p in fit.net.parameters())
        ms = [round(block[name], DIGITS) for block in blocks]
        journal.add({"cost": asdict(Cost(name, asdict(arms[name]), size, machine, ms))})


def _block(fits: Mapping[str, Fit]) -> dict[str, float]:
    """Milliseconds of the median round of each."""
    taken = [dict(_round(fits)) for _ in range(ROUNDS)]
    return {name: median(one[name] for one in taken) for name in fits}


def _round(fits: Mapping[str, Fit]) -> Iterator[tuple[str, float]]:
    for name, fit in fits.items():
        start = time.process_time()
        fit.step()
        yield name, 1000 * (time.process_time() - start)
