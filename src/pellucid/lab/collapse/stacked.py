"""Three digits at once: a thousand modes, one for each number from 000 to 999.

As the stacked MNIST of Srivastava et al. 2017, of digits of 8x8 pixels.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pellucid.lab.collapse.digits import WIDEST, Digits
from pellucid.lab.collapse.geometry import Array, Marks, Numbers

STACK, TENS = 3, 10
DRAWN = 5000  # stacks to learn from
JUDGED = 26_000  # samples, as Lin et al. 2018 draw


class Stacked:
    """Digits that were drawn one by one, side by side in rows of 192 pixels."""

    latent = STACK * Digits.latent
    widest = WIDEST
    judged = JUDGED

    def __init__(self) -> None:
        self._digits = Digits()
        rng = np.random.default_rng(0)
        pictures = self._digits.learned
        self.learned: Array = _side_by_side(pictures, rng, DRAWN)

    @cached_property
    def shares(self) -> Array:
        """Of the thousand numbers, where digits are drawn one by one."""
        one = self._digits.shares
        return np.asarray(np.einsum("i,j,k->ijk", one, one, one).ravel())

    @property
    def accuracy(self) -> float:
        """Of the classifier on held-out digits, 0..1; for a stack to its third power."""
        return self._digits.accuracy

    def fresh(self, rng: np.random.Generator, count: int) -> Array:
        """Stacks of held-out digits."""
        return np.concatenate([self._digits.fresh(rng, count) for _ in range(STACK)], axis=1)

    def judge(self, made: Array) -> tuple[Numbers, Marks]:
        """Good is what is good in all three digits."""
        told, good = zip(*map(self._digits.judge, np.split(made, STACK, axis=1)), strict=True)
        number = (told[0] * TENS + told[1]) * TENS + told[2]
        return np.asarray(number), np.logical_and.reduce(good)


def _side_by_side(pictures: Array, rng: np.random.Generator, count: int) -> Array:
    chosen = rng.integers(len(pictures), size=(count, STACK))
    return pictures[chosen].reshape(count, -1)
