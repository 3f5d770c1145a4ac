"""Picks what runs the integer network on this machine; every engine gives the same bytes."""

from __future__ import annotations

import os
from typing import Protocol

import numpy as np

from pellucid import _native
from pellucid.errors import FrameError
from pellucid.frames import Plane
from pellucid.video import chroma, integer
from pellucid.video.chroma import Phase
from pellucid.video.integer import IntegerNetwork, Network


class Engine(Protocol):
    """Enlarges planes x2. Holds no stream state: one engine may serve many streams at once."""

    name: str

    def luma(self, picture: Plane, level: int | None = None) -> Plane:
        """uint8 (H, W), any strides, to uint8 (2H, 2W) through the network.

        level: which of the network's networks; None for the one that its gate chooses.
        """

    def chroma(self, plane: Plane, size: tuple[int, int], phases: tuple[Phase, Phase]) -> Plane:
        """uint8 (H, W) to uint8 `size`, at most (2H, 2W), by the cubic of `video.chroma`."""


class ReferenceEngine:
    """The formats' own formulas in numpy: slow, for checking the others."""

    name = "reference"

    def __init__(self, network: Network, threads: int) -> None:
        del threads  # numpy's own affair
        self._network = network

    def luma(self, picture: Plane, level: int | None = None) -> Plane:
        """See Engine."""
        chosen = self._network if level is None else self._network.networks[level]
        return integer.reference(chosen, picture)

    def chroma(self, plane: Plane, size: tuple[int, int], phases: tuple[Phase, Phase]) -> Plane:
        """See Engine."""
        return chroma.reference(plane, *phases)[: size[0], : size[1]]


class PortableEngine:
    """C++ that runs on any processor; see native/."""

    name = "portable"

    def __init__(self, network: Network, threads: int) -> None:
        self._network = network
        self._enlargers = [_enlarger(one) for one in network.networks]
        self._threads = threads

    def luma(self, picture: Plane, level: int | None = None) -> Plane:
        """See Engine."""
        check_plane(picture)
        touching = _touching(picture)
        level = self._network.level(touching) if level is None else level
        out = np.empty((2 * picture.shape[0], 2 * picture.shape[1]), np.uint8)
        self._enlargers[level].enlarge(touching, out, self._threads)
        return out

    def chroma(self, plane: Plane, size: tuple[int, int], phases: tuple[Phase, Phase]) -> Plane:
        """See Engine."""
        check_plane(plane)
        out = np.empty(size, np.uint8)
        _native.enlarge_chroma(_touching(plane), out, *phases)
        return out


# Beyond this the engines' 32-bit indices could overflow; the native module checks it again.
LARGEST_SIDE = 2**14

ENGINES: dict[str, type[ReferenceEngine] | type[PortableEngine]] = {
    "portable": PortableEngine,
    "reference": ReferenceEngine,
}


def pick_engine(network: Network, threads: int | None = None) -> Engine:
    """The fastest engine this machine runs. threads None: one for each core we may use."""
    if threads is not None and (type(threads) is not int or threads < 1):
        raise FrameError(f"threads: expected a whole number from 1, got {threads!r}")
    return PortableEngine(network, threads or usable_cores())


def usable_cores() -> int:
    """How many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):  # Linux; elsewhere all that there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _enlarger(network: IntegerNetwork) -> _native.Enlarger:
    layers = [
        _native.Layer(layer.weight, layer.bias, layer.multiplier, layer.shift)
        for layer in network.layers
    ]
    return _native.Enlarger(layers, network.factor, network.skip)


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
