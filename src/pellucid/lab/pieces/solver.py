"""Cuts a slice where ReLUs bend, layer by layer, until the network is affine on every cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from pellucid.errors import FrameError
from pellucid.lab.pieces.frozen import Network, values_at
from pellucid.lab.pieces.geometry import Array, Cell, crosses, whole
from pellucid.lab.pieces.outcome import Subdivision
from pellucid.lab.pieces.problem import Slice

CHUNK = 1 << 22  # numbers of a network's layer in memory at once, 32 MiB
MOST_CELLS = 2_000_000
AGREES = 1e-6  # of the largest output


def subdivide(network: Network, slice_: Slice, most: int = MOST_CELLS) -> Subdivision:
    """All cells of a slice on which each ReLU passes or blocks, and the network's maps there.

    network: takes a batch in float64 and gives as many outputs; bends by ReLU alone. most: cells.
    Raises FrameError for a network that bends otherwise, or for more cells than that.
    """
    frame = slice_.frame
    cells, depth = [whole(len(frame))], 0
    while True:
        found = list(_layer(network, frame, cells, depth))
        if not found[0][1].size or found[0][2]:
            break
        cells = [part for index, (cell, values, _) in enumerate(found)
                 for part in _cut(cell, values, (depth, index))]  # fmt: skip
        if len(cells) > most:
            raise FrameError(f"slice: expected at most {most:,} cells, got more in layer {depth}")
        depth += 1
    maps = np.stack([values for _, values, _ in found])
    _check_affine(network, frame, cells, maps)
    return Subdivision(cells, maps)


def _layer(
    network: Network, frame: Tensor, cells: Sequence[Cell], depth: int
) -> Iterator[tuple[Cell, Array, bool]]:
    """Of each cell the values (k, n) at the frame, and whether they are the network's output."""
    size, start = 1, 0
    while start < len(cells):
        some = cells[start : start + size]
        values = values_at(network, frame, some, depth)
        yield from (
            (cell, own, values.last) for cell, own in zip(some, values.at_frame, strict=True)
        )
        start += size
        size = max(1, CHUNK // max(1, values.at_frame[0].size))


def _cut(cell: Cell, values: Array, name: tuple[int, int]) -> list[Cell]:
    """By the units whose sign changes within it."""
    bends = np.flatnonzero(crosses(cell.corners @ values, values))
    return cell.cut(values[:, bends], [(*name, int(unit)) for unit in bends])


def _check_affine(network: Network, frame: Tensor, cells: Sequence[Cell], maps: Array) -> None:
    """The maps must say what the network itself says in the middle of (some of) the cells."""
    some = np.linspace(0, len(cells) - 1, min(len(cells), 64)).astype(int)
    middles = np.stack([cells[i].corners.mean(axis=0) for i in some])
    with torch.no_grad():
        points = torch.einsum("rk,k...->r...", torch.from_numpy(middles), frame)
        told = network(points).reshape(len(some), -1).numpy()
    mapped = np.einsum("rk,rkn->rn", middles, maps[some])
    if np.abs(told - mapped).max() > AGREES * max(1.0, float(np.abs(told).max())):
        raise FrameError("network: expected bends by ReLU alone, got some that are not")
