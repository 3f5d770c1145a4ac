"""The learning rate of a step: from its number, or from how the errors have gone so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pellucid.lab.recurrent.arms import Schedule

HALVED_AFTER = 10  # epochs
PATIENCE = 2  # epochs without a lower error that are borne
BETTER = 1e-4  # share by which an error must be lower; as ReduceLROnPlateau has it


@dataclass
class Rates:
    """A schedule over so many steps, `epoch` of them an epoch."""

    schedule: Schedule
    highest: float
    steps: int
    epoch: int

    def after(self, done: int, watched: Sequence[float]) -> float:
        """The rate after so many steps, and after epochs with these errors of what was watched."""
        if self.schedule == "cosine":
            return self.highest * (1 + math.cos(math.pi * done / self.steps)) / 2
        if self.schedule == "halving":
            return self.highest / (1 << done // (HALVED_AFTER * self.epoch))
        if self.schedule == "watching":
            return self.highest / (1 << _stood_still(watched))
        return self.highest


def _stood_still(errors: Sequence[float]) -> int:
    """How often the error was no better for more than `PATIENCE` epochs."""
    best, waited, times = math.inf, 0, 0
    for error in errors:
        better = error < best * (1 - BETTER)
        best, waited = (error, 0) if better else (best, waited + 1)
        if waited > PATIENCE:
            waited, times = 0, times + 1
    return times
