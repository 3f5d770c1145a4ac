"""Picks what runs the integer network on this machine; every engine gives the same bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pellucid import _native
from pellucid.errors import FrameError
from pellucid.frames import Plane
from pellucid.video import chroma, integer
from pellucid.video.chroma import Phase
from pellucid.video.integer import IntegerNetwork, Network

Mask = npt.NDArray[np.uint8]
UNIT = 4  # cells of a row that share a flag


@dataclass(frozen=True, eq=False)
class Colour:
    """A colour plane, uint8 (H, W), and the plane, at most (2H, 2W), to write it to.

    phases: how the new samples lie, vertically and horizontally; see `video.chroma`.
    """

    plane: Plane
    out: Plane
    phases: tuple[Phase, Phase]


class Engine(Protocol):
    """Enlarges planes x2. Holds no stream state: one engine may serve many streams at once."""

    name: str

    def enlarge(
        self,
        picture: Plane,
        out: Plane,
        level: int,
        colours: Sequence[Colour] = (),
        mask: Mask | None = None,
    ) -> None:
        """uint8 (H, W), any strides, into uint8 (2H, 2W) whose columns touch; colours beside it.

        level: which of the network's networks. mask: see `mask_shape`; not 0 where to make the
        output; elsewhere it may be made as well, or is left. None for all of it.
        """

    def changed(self, before: Plane, now: Plane) -> Mask:
        """What is not the same in the outputs of two pictures of one size, or might not be."""


class ReferenceEngine:
    """The formats' own formulas in numpy: slow, for checking the others."""

    name = "reference"

    def __init__(self, network: Network, threads: int) -> None:
        del threads  # numpy's own affair
        self._network = network

    def enlarge(
        self,
        picture: Plane,
        out: Plane,
        level: int,
        colours: Sequence[Colour] = (),
        mask: Mask | None = None,
    ) -> None:
        """See Engine."""
        whole = integer.reference(self._network.networks[level], picture)
        np.copyto(out, whole, where=True if mask is None else self._pixels(mask, out))
        for colour in colours:
            height, width = colour.out.shape
            colour.out[...] = chroma.reference(colour.plane, *colour.phases)[:height, :width]

    def changed(self, before: Plane, now: Plane) -> Mask:
        """See Engine; by what a network of ones would see."""
        factor = self._network.networks[0].factor
        rows, units = mask_shape(self._network, now)
        reach = max(self._network.radius, 1)
        differs = np.zeros((rows * factor, units * UNIT * factor), bool)
        differs[: now.shape[0], : now.shape[1]] = before != now
        cells = differs.reshape(rows, factor, units * UNIT, factor).any(axis=(1, 3))
        padded = np.pad(cells, reach)
        near = [
            padded[y : y + cells.shape[0], x : x + cells.shape[1]]
            for y in range(2 * reach + 1)
            for x in range(2 * reach + 1)
        ]
        mask: Mask = np.any(near, axis=0).reshape(rows, units, UNIT).any(axis=2).astype(np.uint8)
        return mask

    def _pixels(self, mask: Mask, out: Plane) -> npt.NDArray[np.bool_]:
        side = 2 * self._network.networks[0].factor
        whole = mask.astype(bool).repeat(side, axis=0).repeat(UNIT * side, axis=1)
        return whole[: out.shape[0], : out.shape[1]]


class NativeEngine:
    """C++, by the kernels for one instruction set; see native/."""

    def __init__(self, network: Network, threads: int, kernels: str = "") -> None:
        self.name = kernels or _native.kernels()[0]
        self._network = network
        self._enlargers = [_enlarger(one, self.name) for one in network.networks]
        self._threads = threads

    def enlarge(
        self,
        picture: Plane,
        out: Plane,
        level: int,
        colours: Sequence[Colour] = (),
        mask: Mask | None = None,
    ) -> None:
        """See Engine."""
        check_plane(picture)
        beside = [
            _native.Colour(_touching(colour.plane), colour.out, *colour.phases)
            for colour in colours
        ]
        self._enlargers[level].enlarge(_touching(picture), out, mask, beside, self._threads)

    def changed(self, before: Plane, now: Plane) -> Mask:
        """See Engine."""
        mask = np.empty(mask_shape(self._network, now), np.uint8)
        self._enlargers[0].changed(_touching(before), _touching(now), mask)
        return mask


# Beyond this the engines' 32-bit indices could overflow; the native module checks it again.
LARGEST_SIDE = 2**14

# The fastest first.
ENGINES: dict[str, Callable[[Network, int], Engine]] = {
    **{name: partial(NativeEngine, kernels=name) for name in _native.kernels()},
    "reference": ReferenceEngine,
}


def pick_engine(network: Network, threads: int | None = None) -> Engine:
    """The fastest engine this machine runs. threads None: one for each core we may use."""
    if threads is not None and (type(threads) is not int or threads < 1):
        raise FrameError(f"threads: expected a whole number from 1, got {threads!r}")
    return NativeEngine(network, threads or usable_cores())


def mask_shape(network: Network, picture: Plane) -> tuple[int, int]:
    """Of a mask: a row for each row of the feature grid, a flag for each UNIT cells of it."""
    factor = network.networks[0].factor
    height, width = (-(-side // factor) for side in picture.shape)
    return height, -(-width // UNIT)


def luma(engine: Engine, picture: Plane, level: int = 0) -> Plane:
    """A picture's own output: uint8 (H, W) to (2H, 2W). Raises FrameError for anything else."""
    check_plane(picture)
    out = np.empty((2 * picture.shape[0], 2 * picture.shape[1]), np.uint8)
    engine.enlarge(picture, out, level)
    return out


def usable_cores() -> int:
    """How many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # Linux; elsewhere all that there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _enlarger(network: IntegerNetwork, kernels: str) -> _native.Enlarger:
    layers = [
        _native.Layer(layer.weight, layer.bias, layer.multiplier, layer.shift)
        for layer in network.layers
    ]
    return _native.Enlarger(layers, network.factor, network.skip, kernels)


def check_plane(plane: Plane) -> None:
    """Raise FrameError for what engines do not take: not uint8 (H, W), empty or too large."""
    if plane.ndim != 2 or plane.dtype != np.uint8 or 0 in plane.shape:
        raise FrameError(f"plane: expected uint8 (H, W), got {plane.dtype} {plane.shape}")
    if max(plane.shape) > LARGEST_SIDE:
        height, width = plane.shape
        raise FrameError(f"plane: expected sides of at most {LARGEST_SIDE}, got {width}x{height}")


def _touching(plane: Plane) -> Plane:
    """The kernels read rows any distance apart, but columns must touch."""
    return plane if plane.strides[1] == 1 else np.ascontiguousarray(plane)
