"""The learning rate of a step: from its number, or from how the loss has gone so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pellucid.lab.recurrent.arms import Schedule

HALVED_AFTER = 10  # epochs
PATIENCE = 2  # epochs without a lower loss that are borne
BETTER = 1e-4  # share by which a loss must be lower; as ReduceLROnPlateau has it


@dataclass
class Rates:
    """A schedule over so many steps, `epoch` of them an epoch."""

    schedule: Schedule
    highest: float
    steps: int
    epoch: int

    def after(self, losses: Sequence[float]) -> float:
        """The rate of the step that follows those with these losses."""
        done = len(losses)
        if self.schedule == "cosine":
            return self.highest * (1 + math.cos(math.pi * done / self.steps)) / 2
        if self.schedule == "halving":
            return self.highest / (1 << done // (HALVED_AFTER * self.epoch))
        if self.schedule == "plateau":
            return self.highest / (1 << self._stood_still(losses))
        return self.highest

    def _stood_still(self, losses: Sequence[float]) -> int:
        """How often the mean loss of an epoch was no better for more than `PATIENCE` epochs."""
        best, waited, times = math.inf, 0, 0
        for end in range(self.epoch, len(losses) + 1, self.epoch):
            loss = sum(losses[end - self.epoch : end]) / self.epoch
            if loss < best * (1 - BETTER):
                best, waited = loss, 0
            else:
                waited += 1
            if waited > PATIENCE:
                waited, times = 0, times + 1
        return times
