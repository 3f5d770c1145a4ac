"""How near a luma picture is to its reference: PSNR, SSIM (Wang et al. 2004) and flicker."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.frames import Plane

Floats = npt.NDArray[np.float32]
# uint8 as delivered, or float64 where a protocol compares before rounding; always 0..255.
Luma = Plane | npt.NDArray[np.float64]

# Identical pictures get this, so that means and JSON stay finite.
MOST_PSNR = 100.0

# Wang et al. 2004, section III-C: an 11x11 Gaussian of 1.5 samples, K1 = 0.01, K2 = 0.03.
RADIUS, SIGMA = 5, 1.5
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
# The Gaussian is applied as a band matrix: the product is several times faster than eleven shifted
# sums. Tiles are so small that no BLAS shares one among threads (OpenBLAS does from 2^18 products
# on), which on a busy machine wait for each other for fifty times as long as they work.
BLOCK, COLUMNS = 32, 160
STRIPE = 64  # rows of a picture at a time, which stay in the cache
# SSIM's sums of squares are taken around mid-grey, which keeps float32 accurate enough.
MID = 128.0

STATIC = 1  # grey levels that the reference may move and still count as standing still


def psnr(reference: Luma, picture: Luma, border: int = 0) -> float:
    """Peak signal-to-noise ratio in dB, at most 100; higher is better.

    Both (H, W), uint8 or float64, 0 to 255. border: pixels cut off on each side first.
    Raises FrameError.
    """
    _check(reference, picture)
    difference = _difference(_inner(reference, border), _inner(picture, border))
    error = float(np.square(difference).mean(dtype=np.float64))
    return MOST_PSNR if error == 0 else min(MOST_PSNR, 10 * math.log10(255**2 / error))


def ssim(reference: Luma, picture: Luma, border: int = 0) -> float:
    """Structural similarity, -1 to 1; 1 is identical.

    Both (H, W), uint8 or float64, 0 to 255, at least 11 pixels each way within the border.
    Raises FrameError.
    Source: Wang et al. 2004, eq. 13, averaged where the whole window lies in the picture.
    """
    _check(reference, picture)
    x, y = _inner(reference, border), _inner(picture, border)
    if min(x.shape) <= 2 * RADIUS:
        raise FrameError(f"reference: expected more than {2 * RADIUS} pixels, got {x.shape}")
    height, width = x.shape[0] - 2 * RADIUS, x.shape[1] - 2 * RADIUS
    total = 0.0
    for top in range(0, height, STRIPE):
        rows = slice(top, top + STRIPE + 2 * RADIUS)
        total += float(_similarity(x[rows], y[rows]).sum(dtype=np.float64))
    return total / (height * width)


class Flicker:
    """How much a video moves where its reference stands still, in grey levels a frame.

    The mean of |y[t] - y[t-1]| over all pixels and frames with |x[t] - x[t-1]| <= 1, where x is
    the reference. It can fall by blurring: read it beside PSNR, and as a ratio to bicubic's.
    """

    def __init__(self) -> None:
        """Start a new video."""
        self._before: tuple[Plane, Plane] | None = None
        self._total = 0
        self._count = 0

    def push(self, reference: Plane, picture: Plane) -> None:
        """Take the next frame, both uint8 (H, W). Raises FrameError."""
        _check(reference, picture)
        if self._before is not None:
            static = _change(self._before[0], reference) <= STATIC
            self._total += int(_change(self._before[1], picture)[static].sum(dtype=np.int64))
            self._count += int(static.sum())
        self._before = reference, picture

    @property
    def value(self) -> float | None:
        """Flicker so far; None when nothing stood still yet."""
        return self._total / self._count if self._count else None


def _difference(reference: Luma, picture: Luma) -> npt.NDArray[np.int32] | npt.NDArray[np.float64]:
    if reference.dtype == picture.dtype == np.uint8:  # exact, and three times as fast
        return np.subtract(reference, picture, dtype=np.int32)
    return np.subtract(reference, picture, dtype=np.float64)


def _change(before: Plane, now: Plane) -> Plane:
    change: Plane = np.maximum(before, now) - np.minimum(before, now)
    return change


def _similarity(reference: Luma, picture: Luma) -> Floats:
    """Eq. 13 for every whole window: (H, W) to (H - 10, W - 10)."""
    x, y = (plane.astype(np.float32) - MID for plane in (reference, picture))
    mean_x, mean_y = _blur(x), _blur(y)
    squares = _blur(x * x + y * y) - mean_x * mean_x - mean_y * mean_y  # both variances
    product = _blur(x * y) - mean_x * mean_y  # covariance
    mean_x, mean_y = mean_x + MID, mean_y + MID
    luminance = (2 * mean_x * mean_y + C1) / (mean_x * mean_x + mean_y * mean_y + C1)
    similarity: Floats = luminance * (2 * product + C2) / (squares + C2)
    return similarity


def _blur(plane: Floats) -> Floats:
    """Gaussian over both axes: (H, W) to (H - 10, W - 10)."""
    return _blur_rows(np.ascontiguousarray(_blur_rows(plane).T)).T


def _blur_rows(rows: Floats) -> Floats:
    out = np.empty((rows.shape[0] - 2 * RADIUS, rows.shape[1]), np.float32)
    for start in range(0, len(out), BLOCK):
        made, taken = out[start : start + BLOCK], rows[start : start + BLOCK + 2 * RADIUS]
        band = _BAND[: len(made), : len(taken)]
        for left in range(0, rows.shape[1], COLUMNS):
            columns = slice(left, left + COLUMNS)
            np.matmul(band, taken[:, columns], out=made[:, columns])
    return out


def _band() -> Floats:
    """Row i holds the Gaussian in columns i to i + 10."""
    taps = np.exp(-(np.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))
    band = np.zeros((BLOCK, BLOCK + 2 * RADIUS), np.float32)
    for row in range(BLOCK):
        band[row, row : row + 2 * RADIUS + 1] = taps / taps.sum()
    return band


_BAND = _band()


def _inner(plane: Luma, border: int) -> Luma:
    height, width = plane.shape
    if not 0 <= 2 * border < min(height, width):
        raise FrameError(f"border: expected less than half of {plane.shape}, got {border}")
    return plane[border : height - border, border : width - border]


def _check(reference: Luma, picture: Luma) -> None:
    for name, plane in (("reference", reference), ("picture", picture)):
        if plane.ndim != 2 or plane.dtype not in (np.uint8, np.float64):
            raise FrameError(
                f"{name}: expected uint8 or float64 (H, W), got {plane.dtype} {plane.shape}"
            )
    if reference.shape != picture.shape:
        raise FrameError(f"picture: expected {reference.shape}, got {picture.shape}")
