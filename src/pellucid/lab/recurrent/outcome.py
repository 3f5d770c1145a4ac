"""What the trials say about each claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from pellucid.lab.recurrent.claims import Claim, candidates
from pellucid.lab.recurrent.costs import Cost
from pellucid.lab.recurrent.trials import Trial
from pellucid.lab.verdict import Interval, Verdict, interval_of, verdict_on

# Arm, then seed (or block), to a number.
Table = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Judged:
    """A claim with what was measured. arm, rival: the names that its own stood for."""

    claim: Claim
    arm: str
    rival: str
    pairs: int
    difference: Interval
    verdict: Verdict


def judge(claim: Claim, trials: Sequence[Trial], costs: Mapping[str, Cost]) -> Judged | None:
    """None where fewer than two pairs were measured."""
    table = _times(costs) if claim.metric == "ms" else scores_of(trials, claim.metric)
    arm, rival = (_best(name, scores_of(trials, "mse"), table) for name in (claim.arm, claim.rival))
    pairs = sorted(table[arm].keys() & table[rival].keys()) if arm and rival else []
    if len(pairs) < 2 or arm is None or rival is None:
        return None
    one, other = ([table[name][pair] for pair in pairs] for name in (arm, rival))
    difference = interval_of(differences(one, other, claim.metric))
    return Judged(claim, arm, rival, len(pairs), difference, verdict_on(claim.claimed, difference))


def differences(one: Sequence[float], other: Sequence[float], metric: str) -> list[float]:
    """Pair by pair: in dB for "si_sdr", else in per cent of the other."""
    pairs = zip(one, other, strict=True)
    return [a - b if metric == "si_sdr" else 100 * (a / b - 1) for a, b in pairs]


def scores_of(trials: Sequence[Trial], metric: str) -> dict[str, dict[int, float]]:
    """Of each arm, by seed."""
    table: dict[str, dict[int, float]] = {}
    for trial in trials:
        table.setdefault(trial.arm, {})[trial.seed] = trial.scores[metric]
    return table


def step_ms(cost: Cost) -> float:
    """The median over the blocks."""
    return median(cost.ms)


def _times(costs: Mapping[str, Cost]) -> Table:
    return {arm: dict(enumerate(cost.ms)) for arm, cost in costs.items()}


def _best(name: str, errors: Table, table: Table) -> str | None:
    """The arm of those that were measured whose mean error is lowest."""
    measured = [arm for arm in candidates(name) if arm in table]
    if len(measured) < 2:
        return measured[0] if measured else None
    return min(measured, key=lambda arm: fmean(errors[arm].values()))
