"""How a sender halves a plane: five ways, each a small symmetric filter in whole numbers.

Serves training and measuring alike. All are exact in whole numbers, so every machine agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.frames import Plane

Halving = Callable[[Plane], Plane]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Taps:
    """Half of a symmetric filter, from its centre outwards, in 1 / `unit`.

    centred: output n lies between inputs 2n and 2n + 1, where a picture keeps its place; else
    it lies on input 2n, and the first tap is that input's own.
    """

    weights: tuple[int, ...]
    unit: int
    centred: bool = True

    @property
    def reach(self) -> int:
        """How many inputs beyond the picture the filter may ask for."""
        return len(self.weights) - 1


# Keys' cubic (1981, eq. 15), a = -0.5, at distances 1/4, 3/4, 5/4, 7/4 and halved because the
# kernel is stretched to twice its width: these are multiples of 1/256, so nothing is lost.
CUBIC = Taps((111, 29, -9, -3), 256)
# The same cubic, not stretched: sharper, and aliased. What many scalers call bicubic.
PLAIN_CUBIC = Taps((9, -1), 16)
# Lanczos 1964, three lobes, stretched likewise; rounded to 1/1024, sum kept.
LANCZOS = Taps((457, 139, -68, -35, 15, 4), 1024)
# A Gaussian of 1.2 pixels, then every other pixel; moves the picture by half a pixel.
GAUSSIAN = Taps((340, 241, 85, 15, 1), 1024, centred=False)


def area(plane: Plane) -> Plane:
    """Mean of each 2x2 block, halves rounded up: byte for byte what swscale's `area` does.

    plane: uint8 (H, W), both even. Returns uint8 (H/2, W/2). Raises FrameError otherwise.
    """
    _check(plane)
    tall = plane[0::2].astype(np.uint16) + plane[1::2]
    return ((tall[:, 0::2] + tall[:, 1::2] + 2) >> 2).astype(np.uint8)


def bicubic(plane: Plane) -> Plane:
    """Halve with the antialiased cubic, as MATLAB's imresize does, but rounded once, at the end.

    plane: uint8 (H, W), both even and at least 6; mirrored at the borders, halves rounded up.
    Returns uint8 (H/2, W/2). Raises FrameError otherwise.
    """
    return filtered(plane, CUBIC)


def filtered(plane: Plane, taps: Taps) -> Plane:
    """Halve both ways with a filter: see `bicubic` for shapes, borders and errors."""
    _check(plane)
    if min(plane.shape) < 2 * taps.reach:
        raise FrameError(f"plane: expected at least {2 * taps.reach} each way, got {plane.shape}")
    sums = _halve_rows(_halve_rows(plane, taps).T, taps).T  # unit * unit times the result
    square = taps.unit**2
    return np.clip((sums + square // 2) // square, 0, 255).astype(np.uint8)


def rgb_bicubic(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """`bicubic` for each channel: uint8 (H, W, 3) to uint8 (H/2, W/2, 3)."""
    return np.stack([bicubic(picture[..., channel]) for channel in range(3)], axis=-1)


# Every way, by name; all but "gaussian" keep the picture in its place.
HALVINGS: dict[str, Halving] = {
    "area": area,
    "bicubic": bicubic,
    "plain-bicubic": lambda plane: filtered(plane, PLAIN_CUBIC),
    "lanczos": lambda plane: filtered(plane, LANCZOS),
    "gaussian": lambda plane: filtered(plane, GAUSSIAN),
}


def _halve_rows(rows: Plane | Ints, taps: Taps) -> Ints:
    """(2N, W) to int32 (N, W), in 1 / unit."""
    count, reach = rows.shape[0] // 2, taps.reach
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="symmetric").astype(np.int32, copy=False)
    total = np.zeros((count, rows.shape[1]), np.int32)
    for weight, inputs in zip(taps.weights, _distances(taps), strict=True):
        for step in inputs:
            total += weight * padded[reach + step :: 2][:count]
    return total


def _distances(taps: Taps) -> Sequence[set[int]]:
    """The inputs, relative to 2n, that share each weight."""
    shift = int(taps.centred)
    return [{-step, step + shift} for step in range(len(taps.weights))]


def _check(plane: Plane) -> None:
    if plane.ndim != 2 or plane.dtype != np.uint8 or 0 in plane.shape:
        raise FrameError(f"plane: expected uint8 (H, W), got {plane.dtype} {plane.shape}")
    if plane.shape[0] % 2 or plane.shape[1] % 2:
        raise FrameError(f"plane: expected even height and width, got {plane.shape}")
