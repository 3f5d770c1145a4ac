"""Data that fall apart into modes: Gaussians on a ring, on a grid, and two that are far apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
NEAR = 3.0  # standard deviations: how far from a centre a sample may be and be good
DRAWN = 1000  # samples to learn from
JUDGED = 2500  # samples, as Lin et al. 2018 draw


class Data(Protocol):
    """learned: what is trained on (N, D). shares: of the modes (M,). latent: dimensions of a code.

    widest: ridges of the transport to its codes that are wider, in radians, are not bridged.
    judged: samples that are drawn to be judged.
    """

    @property
    def learned(self) -> Array: ...  # noqa: D102

    @property
    def shares(self) -> Array: ...  # noqa: D102

    @property
    def latent(self) -> int: ...  # noqa: D102

    @property
    def widest(self) -> float: ...  # noqa: D102

    @property
    def judged(self) -> int: ...  # noqa: D102

    def fresh(self, rng: np.random.Generator, count: int) -> Array:
        """Samples (count, D) of the truth that were not learned from."""

    def judge(self, made: Array) -> tuple[Numbers, Marks]:
        """Of samples (K, D): the mode that each is nearest to, and whether it is good enough."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Round Gaussians with equal shares. centres: (M, D). spread: standard deviation of each.

    Raises FrameError for what is none.
    """

    centres: Array
    spread: float
    widest: float = 0.25
    judged: int = JUDGED

    def __post_init__(self) -> None:
        """Refuse what is no mixture."""
        if self.centres.ndim != 2 or len(self.centres) < 1 or self.spread <= 0:
            shape = self.centres.shape
            raise FrameError(f"mixture: expected centres (M, D) and a spread above 0, got {shape}")

    @property
    def learned(self) -> Array:
        """The same samples whenever they are asked for."""
        return self.fresh(np.random.default_rng(0), DRAWN)

    @property
    def shares(self) -> Array:
        """All the same."""
        return np.full(len(self.centres), 1 / len(self.centres))

    @property
    def latent(self) -> int:
        """As many dimensions as the data have."""
        return self.centres.shape[1]

    def fresh(self, rng: np.random.Generator, count: int) -> Array:
        """A mode by its share, and a sample of it."""
        modes = rng.integers(len(self.centres), size=count)
        noise = self.spread * rng.standard_normal((count, self.latent))
        return np.asarray(self.centres[modes] + noise)

    def judge(self, made: Array) -> tuple[Numbers, Marks]:
        """Good is what lies within three standard deviations of the nearest centre."""
        apart = np.linalg.norm(made[:, None] - self.centres, axis=2)
        return apart.argmin(1), apart.min(1) <= NEAR * self.spread


def nearest(points: Array, others: Array) -> Array:
    """(K,): from each of points (K, D) the distance to the nearest of others (N, D).

    By one product of matrices: in 64 dimensions no tree is faster.
    """
    squares = (points**2).sum(1)[:, None] + (others**2).sum(1) - 2 * points @ others.T
    return np.asarray(np.sqrt(np.maximum(squares.min(1), 0.0)))


def ring() -> Mixture:
    """Eight Gaussians, 45 degrees apart on the unit circle. Source: Srivastava et al. 2017."""
    angles = 2 * np.pi * np.arange(8) / 8
    return Mixture(np.stack([np.cos(angles), np.sin(angles)], 1), 0.01)


def grid() -> Mixture:
    """25 Gaussians, two apart in both directions. Source: Srivastava et al. 2017."""
    side = np.arange(-4.0, 5.0, 2.0)
    return Mixture(np.stack(np.meshgrid(side, side), -1).reshape(-1, 2), 0.05)


def two() -> Mixture:
    """Two unit Gaussians at (0, 0) and (40, 40), with nothing between them."""
    return Mixture(np.array([[0.0, 0.0], [40.0, 40.0]]), 1.0)
