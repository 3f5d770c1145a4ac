"""What the trainings say: means over seeds with their intervals, and their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

# Student's t for a 95 % interval, by degrees of freedom: one seed less than there are.
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}

Row = dict[str, Any]


@dataclass(frozen=True)
class Estimate:
    """Over seeds: the mean, half of the 95 % interval, the standard deviation; None of one seed."""

    mean: float
    within: float | None
    spread: float | None

    def told(self, digits: int) -> str:
        """For a table."""
        if self.within is None:
            return f"{self.mean:.{digits}f}"
        return f"{self.mean:.{digits}f} ± {self.within:.{digits}f}"


def estimate(values: Sequence[float]) -> Estimate:
    """Of one number for each seed, at least one."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Estimate(mean, None, None)
    spread = float(np.std(values, ddof=1))
    student = STUDENT[min(len(values) - 1, max(STUDENT))]
    return Estimate(mean, student * spread / len(values) ** 0.5, spread)


def of_arm(rows: Sequence[Row], arm: str, name: str) -> Estimate | None:
    """A number of an arm's health over its seeds; None where there is no training."""
    values = [row["health"][name] for row in rows if row["arm"] == arm]
    return estimate(values) if values else None


def spread_ratio(
    one: Estimate | None, other: Estimate | None, seeds: int
) -> tuple[float, float, float] | None:
    """How often one's spread from seed to seed lies in the other's, between its 95 % interval.

    None where either is not there. The ratio of two variances follows F (Snedecor 1934), of
    values that are normal and independent.
    """
    if one is None or other is None or not one.spread or not other.spread:
        return None
    ratio = one.spread / other.spread
    most = float(stats.f.ppf(0.975, seeds - 1, seeds - 1)) ** 0.5
    return ratio / most, ratio, ratio * most


def paired(rows: Sequence[Row], one: str, other: str, name: str) -> Estimate | None:
    """one less other, seed by seed, over the seeds that both have."""
    by = {(row["arm"], row["seed"]): row["health"][name] for row in rows}
    seeds = sorted({seed for arm, seed in by if arm == one} & {s for arm, s in by if arm == other})
    return estimate([by[one, seed] - by[other, seed] for seed in seeds]) if seeds else None
