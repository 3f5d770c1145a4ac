"""Where the latent variable lives: uniform on a convex polygon of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.training.transport.arrays import Array

INSIDE = 1e-9  # of the diameter: how far outside still counts as on the edge


@dataclass(frozen=True, eq=False)
class Polygon:
    """A convex one. corners: float64 (M, 2), counter-clockwise.

    Raises FrameError for fewer than three corners, or for a turn to the right.
    """

    corners: Array

    def __post_init__(self) -> None:
        """Refuse what is no convex polygon."""
        if self.corners.ndim != 2 or self.corners.shape[1] != 2 or len(self.corners) < 3:
            raise FrameError(f"corners: expected (3 or more, 2), got {self.corners.shape}")
        if np.any(cross(self.sides, np.roll(self.sides, -1, 0)) <= 0):
            raise FrameError("corners: expected a convex polygon, counter-clockwise")

    @cached_property
    def sides(self) -> Array:
        """(M, 2): from each corner to the next."""
        return np.roll(self.corners, -1, 0) - self.corners

    @cached_property
    def normals(self) -> Array:
        """(M, 2): of each side, outward, of length 1."""
        turned = np.stack([self.sides[:, 1], -self.sides[:, 0]], 1)
        return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True))

    @cached_property
    def offsets(self) -> Array:
        """(M,): inside is ⟨x, normal⟩ ≤ offset."""
        return np.asarray((self.normals * self.corners).sum(1))

    @cached_property
    def area(self) -> float:
        """In squared units."""
        return float(self._fan.sum())

    @cached_property
    def centre(self) -> Array:
        """(2,): of mass."""
        parts = (self.corners[0] + self.corners[1:-1] + self.corners[2:]) / 3
        return np.asarray(self._fan @ parts / self.area)

    @cached_property
    def diameter(self) -> float:
        """The greatest distance of two corners."""
        return float(np.linalg.norm(self.corners[:, None] - self.corners, axis=2).max())

    def contains(self, points: Array) -> npt.NDArray[np.bool_]:
        """Of points (N, 2), those inside or on the edge."""
        limits = self.offsets + INSIDE * self.diameter
        return np.asarray((points @ self.normals.T <= limits).all(1))

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Uniform points (count, 2): a triangle of the fan by its area, then a place in it."""
        fan = rng.choice(len(self._fan), count, p=self._fan / self.area)
        u, v = rng.random((2, count, 1))
        u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
        first = self.corners[0]
        drawn = first + u * (self.corners[fan + 1] - first) + v * (self.corners[fan + 2] - first)
        return np.asarray(drawn)

    @cached_property
    def _fan(self) -> Array:
        """(M - 2,): areas of the triangles at the first corner."""
        spokes = self.corners[1:] - self.corners[0]
        return 0.5 * cross(spokes[:-1], spokes[1:])


def cross(a: Array, b: Array) -> Array:
    """Of vectors (..., 2): positive where b is to the left of a."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def square() -> Polygon:
    """The unit square."""
    return Polygon(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))


def disk(corners: int = 64) -> Polygon:
    """A regular polygon of circumradius 1."""
    angles = 2 * np.pi * np.arange(corners) / corners
    return Polygon(np.stack([np.cos(angles), np.sin(angles)], 1))
