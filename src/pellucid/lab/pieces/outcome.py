"""What a slice was cut into: cells, the network's affine map on each, and the pieces they form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pellucid.lab.pieces.geometry import Array, Cell, neighbours

EQUAL = 1e-9  # of the largest value: maps that differ by less are one


@dataclass(frozen=True, eq=False)
class Subdivision:
    """The cells of a slice; maps: (R, k, n), the map of each by its values at the frame."""

    cells: Sequence[Cell]
    maps: Array

    @property
    def regions(self) -> int:
        """On each of them every ReLU passes or blocks; they are convex."""
        return len(self.cells)

    @property
    def pieces(self) -> int:
        """Maximal connected sets on which the network is one affine map.

        Source: Lei et al. 2018, definition 4.2. Two cells are connected where they share an edge:
        sets that meet in a single point count as two, which generic weights never bring about.
        """
        return int(self.piece_of.max()) + 1

    @cached_property
    def piece_of(self) -> npt.NDArray[np.int64]:
        """(R,) the piece that each cell belongs to, from 0: neighbours with equal maps merged."""
        limit = EQUAL * max(1.0, float(np.abs(self.maps).max()))
        leader = list(range(len(self.cells)))
        for one, other in neighbours(self.cells):
            if np.abs(self.maps[one] - self.maps[other]).max() <= limit:
                leader[_root(leader, one)] = _root(leader, other)
        roots = [_root(leader, cell) for cell in range(len(leader))]
        return np.unique(roots, return_inverse=True)[1].astype(np.int64)

    @property
    def covered(self) -> float:
        """What the cells' shares of the slice add up to: 1, but for rounding."""
        return float(sum(cell.size for cell in self.cells))


def _root(leader: list[int], cell: int) -> int:
    while leader[cell] != cell:
        leader[cell] = leader[leader[cell]]
        cell = leader[cell]
    return cell
