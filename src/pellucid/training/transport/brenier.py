"""Brenier's potential of finitely many atoms, in any dimension: a maximum of planes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pellucid.errors import FrameError
from pellucid.training.transport.arrays import Array, Numbers

TOGETHER = 2**22  # products x atoms that are held at a time: 32 MB


@dataclass(frozen=True, eq=False)
class Potential:
    """u(x) = max_i (⟨x, y_i⟩ + h_i). atoms: (N, D). heights: (N,), up to a common constant.

    Points are (K, D). Raises FrameError for shapes that do not fit.
    """

    atoms: Array
    heights: Array

    def __post_init__(self) -> None:
        """Refuse what does not fit."""
        if self.atoms.ndim != 2 or self.heights.shape != (len(self.atoms),):
            shapes = f"{self.atoms.shape} and {self.heights.shape}"
            raise FrameError(f"atoms, heights: expected (N, D) and (N,), got {shapes}")

    def winner(self, points: Array) -> Numbers:
        """(K,): the number of the highest plane: the cell that a point is in."""
        found = [planes.argmax(1) for planes in self._planes(points)]
        return np.concatenate([np.empty(0, np.int64), *found])

    def highest(self, points: Array, count: int) -> Numbers:
        """(K, C): the numbers of the `count` highest planes, or of all there are, highest first."""
        count = min(count, len(self.atoms))
        found: list[Numbers] = [np.empty((0, count), np.int64)]
        for planes in self._planes(points):
            some = np.argpartition(-planes, count - 1, axis=1)[:, :count]
            order = np.argsort(-np.take_along_axis(planes, some, 1), axis=1)
            found.append(np.take_along_axis(some, order, 1))
        return np.concatenate(found)

    def value(self, points: Array) -> Array:
        """(K,): u itself."""
        return np.concatenate([np.empty(0), *(planes.max(1) for planes in self._planes(points))])

    def transport(self, points: Array) -> Array:
        """(K, D): T = ∇u, the atom that a point goes to (Brenier 1991)."""
        return np.asarray(self.atoms[self.winner(points)])

    def kantorovich(self, points: Array) -> Array:
        """(K,): φ(x) = ½|x|² - u(x), for the cost ½|x - y|²; then T(x) = x - ∇φ(x)."""
        return np.asarray((points**2).sum(1) / 2 - self.value(points))

    def partner(self) -> Array:
        """(N,): ψ_i = ½|y_i|² + h_i, so that φ(x) + ψ_i ≤ ½|x - y_i|², equal in cell i."""
        return np.asarray((self.atoms**2).sum(1) / 2 + self.heights)

    def _planes(self, points: Array) -> Iterator[Array]:
        """(K', N) each: the heights of all planes over some of the points."""
        if points.ndim != 2 or points.shape[1] != self.atoms.shape[1]:
            raise FrameError(f"points: expected (K, {self.atoms.shape[1]}), got {points.shape}")
        some = max(TOGETHER // len(self.atoms), 1)
        for begin in range(0, len(points), some):
            yield points[begin : begin + some] @ self.atoms.T + self.heights


def dihedral_angles(one: Array, other: Array) -> Array:
    """Between the planes over x with the slopes one and other (..., D): radians, 0 to π.

    0 is no ridge; a ridge with a large angle is where the transport map tears (its singular set).
    Angles are between the normals (y, -1), so that they depend on the unit of y.
    """
    dot = 1 + (one * other).sum(-1)
    sizes = np.sqrt((1 + (one**2).sum(-1)) * (1 + (other**2).sum(-1)))
    return np.asarray(np.arccos(np.clip(dot / sizes, -1, 1)))
