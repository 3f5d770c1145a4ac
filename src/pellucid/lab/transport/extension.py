"""From a map onto atoms to a map onto everything between them, except across ridges.

T itself reaches only the atoms. Between the centres of cells it is made linear, as AE-OT does (An
et al. 2020); where the planes of neighbours meet in a sharp ridge, T tears, and what a line across
it would make is no data: there T stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

from pellucid.errors import FrameError
from pellucid.lab.transport.solver import Solution
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.brenier import Potential, dihedral_angles


@dataclass(frozen=True, eq=False)
class Extension:
    """In the plane: linear on the Delaunay triangles of the nodes, where none of their ridges is
    wider than `widest` radians; T elsewhere. nodes: (N, 2), which go to the atoms; NaN: not used.
    """

    potential: Potential
    nodes: Array
    widest: float = np.pi

    @cached_property
    def _used(self) -> npt.NDArray[np.intp]:
        return np.flatnonzero(np.isfinite(self.nodes).all(1))

    @cached_property
    def _triangles(self) -> Delaunay:
        if len(self._used) < 3:
            raise FrameError(f"nodes: expected 3 or more, got {len(self._used)}")
        return Delaunay(self.nodes[self._used])

    @cached_property
    def _whole(self) -> npt.NDArray[np.bool_]:
        """(T,): which triangles lie across no ridge."""
        corners = self.potential.atoms[self._used[self._triangles.simplices]]  # (T, 3, D)
        return np.asarray(dihedral_angles(corners, np.roll(corners, 1, 1)).max(1) <= self.widest)

    def __call__(self, points: Array) -> Array:
        """Of points (K, 2), where they go: (K, D)."""
        out = self.potential.transport(points)
        found = self._triangles.find_simplex(points)
        held = np.flatnonzero((found >= 0) & self._whole[found])
        triangle = found[held]
        transform = self._triangles.transform[triangle]
        two = np.einsum("kij,kj->ki", transform[:, :2], points[held] - transform[:, 2])
        shares = np.column_stack([two, 1 - two.sum(1)])
        corners = self.potential.atoms[self._used[self._triangles.simplices[triangle]]]
        out[held] = np.einsum("kc,kcd->kd", shares, corners)
        return out


def extension_of(solution: Solution, widest: float = np.pi) -> Extension:
    """Nodes are the centres of the cells. A cell on the rim has its node in the middle of what it
    holds of the rim, if its atom is a corner of all atoms' hull, so that the rim goes to the rim.
    """
    diagram, nodes = solution.diagram, solution.diagram.centres.copy()
    owners, rims = diagram.owners, diagram.rims
    weights = np.linalg.norm(rims[:, 1] - rims[:, 0], axis=1)
    middles, count = rims.mean(1) * weights[:, None], len(nodes)
    sums = np.stack([np.bincount(owners, middles[:, d], count) for d in (0, 1)], 1)
    held = np.bincount(owners, weights, count)
    rim = np.unique(owners)
    nodes[rim] = sums[rim] / held[rim][:, None]
    return Extension(solution.potential, nodes, widest)


def ridges(solution: Solution) -> tuple[Array, Array]:
    """Edges between cells (E, 2, 2) and the dihedral angle of u at each (E,), in radians."""
    first, second = solution.diagram.pairs.T
    atoms = solution.problem.atoms
    return solution.diagram.ends, dihedral_angles(atoms[first], atoms[second])
