"""Runs arms from seeds, keeps what they came to, and stops when time is up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from pellucid.lab.journal import Journal
from pellucid.lab.recurrent.arms import Arm
from pellucid.lab.recurrent.problem import Problem
from pellucid.lab.recurrent.solver import Fit

POINTS = 25  # of a loss curve
DIGITS = 6


@dataclass(frozen=True)
class Trial:
    """One arm from one seed. scores: see `Fit.scores`; curve: mean losses of `POINTS` stretches."""

    arm: str
    seed: int
    setting: Mapping[str, Any]
    scores: Mapping[str, float]
    curve: Sequence[float]


def known(journal: Journal, arms: Mapping[str, Arm]) -> list[Trial]:
    """The trials in the journal of arms that are still set as they were."""
    found = [Trial(**row["trial"]) for row in journal.rows if "trial" in row]
    return [t for t in found if t.arm in arms and dict(t.setting) == asdict(arms[t.arm])]


def missing(journal: Journal, arms: Mapping[str, Arm], seeds: int) -> list[tuple[int, str]]:
    """Seeds and arms without a trial, all arms of a seed before the next."""
    done = {(trial.seed, trial.arm) for trial in known(journal, arms)}
    wanted = [(seed, arm) for seed in range(1, seeds + 1) for arm in arms]
    return [one for one in wanted if one not in done]


def run(
    journal: Journal,
    problem: Problem,
    arms: Mapping[str, Arm],
    seeds: int,
    steps: int,
    has_time: Callable[[], bool],
) -> Iterator[Trial]:
    """The missing trials, kept one by one, while there is time; arms set alike are trained once."""
    for seed, name in missing(journal, arms, seeds):
        if not has_time():
            return
        same = [t for t in known(journal, arms) if t.seed == seed and arms[t.arm] == arms[name]]
        fitted = replace(same[0], arm=name) if same else None
        trial = fitted or _trained(name, arms[name], problem, seed, steps)
        journal.add({"trial": asdict(trial)})
        yield trial


def _trained(name: str, arm: Arm, problem: Problem, seed: int, steps: int) -> Trial:
    fit = Fit(arm, problem, seed, steps)
    fit.run()
    scores = {key: round(score, DIGITS) for key, score in fit.scores().items()}
    return Trial(name, seed, asdict(arm), scores, curve(fit.losses))


def curve(losses: Sequence[float]) -> list[float]:
    """Means of stretches of equal length; a loss that is no number is left out."""
    finite = np.array([loss for loss in losses if np.isfinite(loss)])
    parts = [part for part in np.array_split(finite, POINTS) if part.size]
    return [round(float(part.mean()), DIGITS) for part in parts]
