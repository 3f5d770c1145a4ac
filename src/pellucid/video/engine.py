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

Windows = npt.NDArray[np.int32]


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
        windows: Windows | None = None,
    ) -> None:
        """uint8 (H, W), any strides, into uint8 (2H, 2W) whose columns touch; colours beside it.

        level: which of the network's networks. windows: int32 (N, 4), top, left, bottom and right
        of the parts of the picture to make, none over another; None for all of it.
        """


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
        windows: Windows | None = None,
    ) -> None:
        """See Engine."""
        whole = integer.reference(self._network.networks[level], picture)
        everything = [(0, 0, *picture.shape)] if windows is None else windows.tolist()
        for top, left, bottom, right in everything:
            part = np.s_[2 * top : 2 * bottom, 2 * left : 2 * right]
            out[part] = whole[part]
        for colour in colours:
            height, width = colour.out.shape
            colour.out[...] = chroma.reference(colour.plane, *colour.phases)[:height, :width]


class NativeEngine:
    """C++, by the kernels for one instruction set; see native/."""

    def __init__(self, network: Network, threads: int, kernels: str = "") -> None:
        self.name = kernels or _native.kernels()[0]
        self._enlargers = [_enlarger(one, self.name) for one in network.networks]
        self._threads = threads

    def enlarge(
        self,
        picture: Plane,
        out: Plane,
        level: int,
        colours: Sequence[Colour] = (),
        windows: Windows | None = None,
    ) -> None:
        """See Engine."""
        check_plane(picture)
        beside = [
            _native.Colour(_touching(colour.plane), colour.out, *colour.phases)
            for colour in colours
        ]
        self._enlargers[level].enlarge(_touching(picture), out, windows, beside, self._threads)


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
