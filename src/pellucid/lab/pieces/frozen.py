"""A network whose ReLUs do to all of a cell what they do to the cell's middle.

Held so, the network is affine, and three points of a plane tell all of it. Nothing is asked of how
it is built: ReLUs are met on the way through it, whatever lies between them (convolutions, skips,
shuffles), as long as that is affine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from pellucid.lab.pieces.geometry import Array, Cell

Network = Callable[[Tensor], Tensor]  # of a batch, in float64
RELUS = {functional.relu, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_}


def values_at(network: Network, frame: Tensor, cells: Sequence[Cell], depth: int) -> Values:
    """What goes into the network's ReLU number `depth`, from 0, or its output if there is none.

    frame: (k, ...), the points that the cells' weights are of, without the batch.
    """
    middles = np.stack([cell.corners.mean(axis=0) for cell in cells])  # (R, k)
    held = _Held(torch.from_numpy(middles), depth)
    batch = frame.repeat(len(cells), *[1] * (frame.dim() - 1))  # (R * k, ...)
    with torch.no_grad(), held:
        try:
            made, last = network(batch), True
        except _Reached as reached:
            made, last = reached.values, False
    return Values(made.reshape(len(cells), len(frame), -1).numpy(), last)


class Values:
    """at_frame: (R, k, n) for each of R cells. last: they are the network's output."""

    def __init__(self, at_frame: Array, last: bool) -> None:
        self.at_frame, self.last = at_frame, last


class _Reached(Exception):  # noqa: N818 - no error: the way to leave a network half-way
    def __init__(self, values: Tensor) -> None:
        super().__init__()
        self.values = values


class _Held(TorchFunctionMode):
    """Within it, ReLUs pass or block a unit for a whole cell, and number `depth` is not passed."""

    def __init__(self, middles: Tensor, depth: int) -> None:
        super().__init__()
        self._middles, self._left = middles, depth

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func not in RELUS:
            return func(*args, **(kwargs or {}))
        return self._relu(args[0] if args else (kwargs or {})["input"])

    def _relu(self, units: Tensor) -> Tensor:
        if not self._left:
            raise _Reached(units)
        self._left -= 1
        cells, points = self._middles.shape
        by_cell = units.reshape(cells, points, -1)  # (R, k, n)
        passes = torch.einsum("rk,rkn->rn", self._middles, by_cell) > 0
        return (by_cell * passes[:, None]).reshape(units.shape)
