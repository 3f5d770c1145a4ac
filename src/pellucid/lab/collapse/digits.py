"""Handwritten digits of 8x8 pixels as data with ten modes, which a classifier tells apart.

They come with scikit-learn (UCI's optical digits, Alpaydin and Kaynak 1998): nothing is downloaded.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from pellucid.lab.collapse.geometry import JUDGED, Array, Marks, Numbers, nearest

DARKEST = 16.0
HELD_OUT = 5  # every fifth is not learned from
GOOD = 98.9  # % of held-out digits that count as good: as many as of a Gaussian in the plane
WIDEST = 1.0  # radians, between codes of 8 numbers
GAMMA = 0.5  # of the classifier's kernel, pixels from 0 to 1


class Digits:
    """learned and held out: every fifth of 1797 is held out. Pixels 0..1, in rows of 64."""

    latent = 8
    widest = WIDEST
    judged = JUDGED

    def __init__(self) -> None:
        found = load_digits()
        held = np.arange(len(found.target)) % HELD_OUT == 0
        pictures = found.data / DARKEST
        self.learned: Array = pictures[~held]
        self._labels: Numbers = found.target[~held]
        self._held, self._held_labels = pictures[held], found.target[held]

    @cached_property
    def shares(self) -> Array:
        """Of the ten digits among what is learned from."""
        return np.bincount(self._labels, minlength=10) / len(self._labels)

    @cached_property
    def accuracy(self) -> float:
        """Of the classifier on held-out digits, 0..1."""
        return float((self._classifier.predict(self._held) == self._held_labels).mean())

    def fresh(self, rng: np.random.Generator, count: int) -> Array:
        """Held-out digits, each as often as chance has it."""
        return np.asarray(self._held[rng.integers(len(self._held), size=count)])

    def judge(self, made: Array) -> tuple[Numbers, Marks]:
        """Good is what lies as near to a learned digit as 98.9 % of held-out ones do."""
        return self._classifier.predict(made), nearest(made, self.learned) <= self._reach

    @cached_property
    def _classifier(self) -> SVC:
        return SVC(gamma=GAMMA).fit(self.learned, self._labels)

    @cached_property
    def _reach(self) -> float:
        return float(np.percentile(nearest(self._held, self.learned), GOOD))
