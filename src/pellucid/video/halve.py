"""How a sender halves a plane: the mean of four samples, or the antialiased cubic of Keys 1981.

Serves training and measuring alike. Both are exact in whole numbers, so every machine agrees.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.frames import Plane

Halving = Callable[[Plane], Plane]
Ints = npt.NDArray[np.int32]

# Keys' cubic, a = -0.5, at distances 1/4, 3/4, 5/4, 7/4 and halved because the kernel is
# stretched to twice its width: these are multiples of 1/256, so nothing is lost in integers.
CUBIC = (111, 29, -9, -3)
REACH = len(CUBIC) - 1


def area(plane: Plane) -> Plane:
    """Mean of each 2x2 block, halves rounded up: byte for byte what swscale's `area` does.

    plane: uint8 (H, W), both even. Returns uint8 (H/2, W/2). Raises FrameError otherwise.
    """
    _check(plane)
    tall = plane[0::2].astype(np.uint16) + plane[1::2]
    return ((tall[:, 0::2] + tall[:, 1::2] + 2) >> 2).astype(np.uint8)


def bicubic(plane: Plane) -> Plane:
    """Halve with the antialiased cubic, mirrored at the borders, halves rounded up.

    plane: uint8 (H, W), both even and at least 6. Returns uint8 (H/2, W/2). Raises FrameError
    otherwise. Source: Keys 1981, eq. 15, stretched as MATLAB's imresize does. Ours rounds once,
    at the end.
    """
    _check(plane)
    if min(plane.shape) < 2 * REACH:
        raise FrameError(f"plane: expected at least {2 * REACH} each way, got {plane.shape}")
    sums = _halve_rows(_halve_rows(plane).T).T  # 256 * 256 times the result
    return np.clip((sums + 32768) >> 16, 0, 255).astype(np.uint8)


def rgb_bicubic(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """`bicubic` for each channel: uint8 (H, W, 3) to uint8 (H/2, W/2, 3)."""
    return np.stack([bicubic(picture[..., channel]) for channel in range(3)], axis=-1)


def _halve_rows(rows: Plane | Ints) -> Ints:
    """(2N, W) to int32 (N, W), in 256ths; row n is centred between input rows 2n and 2n + 1."""
    count = rows.shape[0] // 2
    padded = np.pad(rows, ((REACH, REACH), (0, 0)), mode="symmetric").astype(np.int32, copy=False)
    total = np.zeros((count, rows.shape[1]), np.int32)
    for step, weight in enumerate(CUBIC):
        above, below = REACH - step, REACH + 1 + step
        total += weight * (padded[above::2][:count] + padded[below::2][:count])
    return total


def _check(plane: Plane) -> None:
    if plane.ndim != 2 or plane.dtype != np.uint8 or 0 in plane.shape:
        raise FrameError(f"plane: expected uint8 (H, W), got {plane.dtype} {plane.shape}")
    if plane.shape[0] % 2 or plane.shape[1] % 2:
        raise FrameError(f"plane: expected even height and width, got {plane.shape}")
