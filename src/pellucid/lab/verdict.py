"""What paired measurements say about a claim: it holds, it fails, or they do not tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pellucid.errors import FrameError

Verdict = Literal["holds", "fails", "inconclusive"]
# Student's t: 97.5 % lie below, by degrees of freedom from 1. Source: Fisher 1925, table IV.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
MOST = len(STUDENT) + 1  # pairs


@dataclass(frozen=True)
class Interval:
    """A mean, and the ends of its 95 % interval."""

    mean: float
    low: float
    high: float

    def told(self, digits: int) -> str:
        """As text, with so many digits after the point."""
        mean, low, high = (f"{x:+.{digits}f}" for x in (self.mean, self.low, self.high))
        return f"{mean} [{low}, {high}]"


@dataclass(frozen=True)
class Span:
    """Where a claim says that a difference lies: between these two, neither of them included."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse an empty one."""
        if not self.low < self.high:
            raise FrameError(f"span: expected low < high, got {self.low} and {self.high}")


LOWER, HIGHER = Span(-math.inf, 0), Span(0, math.inf)


def interval_of(differences: Sequence[float]) -> Interval:
    """The mean of differences between pairs, with Student's interval. Source: Student 1908.

    Raises FrameError for fewer than 2 or more than `MOST`.
    """
    if not 2 <= len(differences) <= MOST:
        raise FrameError(f"differences: expected 2 to {MOST}, got {len(differences)}")
    values = np.asarray(differences, np.float64)
    mean = float(values.mean())
    half = STUDENT[values.size - 2] * float(values.std(ddof=1)) / math.sqrt(values.size)
    return Interval(mean, mean - half, mean + half)


def verdict_on(claimed: Span, measured: Interval) -> Verdict:
    """It holds where the whole interval lies in what was claimed, and fails where none does."""
    if claimed.low < measured.low and measured.high < claimed.high:
        return "holds"
    if measured.high <= claimed.low or claimed.high <= measured.low:
        return "fails"
    return "inconclusive"
