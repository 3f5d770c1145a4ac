"""The task: uniform on a convex polygon is to become given atoms with given shares.

The cost is ½|x - y|². By Brenier 1991 the answer is the gradient of a convex function, here
u(x) = max_i (⟨x, y_i⟩ + h_i); only the heights h are sought (Gu, Luo, Sun, Yau 2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.lab.transport.geometry import Polygon
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.semidiscrete import EXACT, check_shares

BALL = 0.2
MARGIN = 0.9  # of the way to the polygon's edge, which the start uses


@dataclass(frozen=True, eq=False)
class Problem:
    """atoms: float64 (N, 2), no two in one place. shares: (N,), above 0, sum 1.

    Raises FrameError for anything else.
    """

    domain: Polygon
    atoms: Array
    shares: Array

    def __post_init__(self) -> None:
        """Refuse what has no answer."""
        if self.atoms.ndim != 2 or self.atoms.shape[1] != 2:
            raise FrameError(f"atoms: expected (N, 2), got {self.atoms.shape}")
        check_shares(self.shares, len(self.atoms))
        if len(np.unique(self.atoms, axis=0)) < len(self.atoms):
            raise FrameError("atoms: expected different places, got two in one")

    @cached_property
    def start(self) -> Array:
        """(N,): heights with which every atom has a cell.

        They are those of a Voronoi diagram of the atoms shrunk into the polygon: the planes of
        y' = c + s (y - mean) with h' = -½|y'|², divided by s, differ by the same from those of y.
        """
        centred = self.atoms - self.atoms.mean(0)
        reach = (self.domain.offsets - self.domain.normals @ self.domain.centre) * MARGIN
        need = (centred @ self.domain.normals.T / reach).max()
        scale = 1 / need if need > 1 else 1.0
        shrunk = self.domain.centre + scale * centred
        return np.asarray(-(shrunk**2).sum(1) / (2 * scale))


def uniform(domain: Polygon, atoms: Array) -> Problem:
    """All atoms with the same share."""
    return Problem(domain, atoms, np.full(len(atoms), 1 / len(atoms)))


def ring(rng: np.random.Generator, count: int) -> Array:
    """Atoms (count, 2) within the unit square: an annulus of radii 0.25 and 0.45."""
    radius = np.sqrt(0.25**2 + (0.45**2 - 0.25**2) * rng.random(count))
    angle = 2 * np.pi * rng.random(count)
    return np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], 1)


def balls(rng: np.random.Generator, count: int, dimension: int, apart: float) -> Array:
    """Atoms (count, dimension): two balls of radius `BALL` around the cube's middle, their centres
    so far apart along the first axis; nothing lies between them.
    """
    away = rng.standard_normal((count, dimension))
    away *= BALL * rng.random((count, 1)) ** (1 / dimension) / np.linalg.norm(away, axis=1)[:, None]
    away[:, 0] += np.where(np.arange(count) % 2, -apart / 2, apart / 2)
    return 0.5 + away


def outside_balls(points: Array, apart: float) -> npt.NDArray[np.bool_]:
    """(K,): which of points (K, D) are in neither ball, but for rounding."""
    to_middle = points - 0.5
    to_middle[:, 0] = np.abs(to_middle[:, 0]) - apart / 2  # points itself stays
    return np.asarray(np.linalg.norm(to_middle, axis=1) > BALL * (1 + EXACT))
