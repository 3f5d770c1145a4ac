"""Keeps a live stream within its time: which way to enlarge the next frame.

Ways are numbered from the best and dearest to the cheapest. A way's pace, in milliseconds a
million pixels, is what it took lately; where that means too late, the next cheaper way is taken.
Paces of ways that are not used fade, so that they are tried again by themselves. No clock in here:
times are told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

FADE = 0.99  # of a pace, each frame that does without it: half after two seconds of 30 a second
WEIGHT = 0.25  # of the latest frame in a pace, where it was faster
OK, OVER_BUDGET = "ok", "over_budget"


@dataclass
class Guard:
    """Chooses among `ways` so that frames take at most `budget_ms`.

    late: frames that took longer all the same. reasons: how many frames went which way for which
    reason; reason: the latest.
    """

    budget_ms: float
    ways: int
    late: int = 0
    reason: str = OK
    reasons: Counter[str] = field(default_factory=Counter)
    _paces: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is known yet: the best way first."""
        self._paces = [0.0] * self.ways

    def choose(self, pixels: int) -> int:
        """The way for a frame of so many pixels: the best that should be in time, or the last."""
        millions = pixels / 1e6
        fitting = [way for way, pace in enumerate(self._paces) if pace * millions <= self.budget_ms]
        way = fitting[0] if fitting else self.ways - 1
        self.reason = OVER_BUDGET if way else OK
        self.reasons[self.reason] += 1
        return way

    def took(self, way: int, pixels: int, milliseconds: float) -> None:
        """Learn what a frame took: at once where slower than thought, slowly where faster."""
        pace = milliseconds / (pixels / 1e6)
        known = self._paces[way]
        self._paces = [FADE * other for other in self._paces]
        self._paces[way] = max(pace, known + WEIGHT * (pace - known))
        self.late += milliseconds > self.budget_ms
