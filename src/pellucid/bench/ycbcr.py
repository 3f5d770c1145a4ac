"""Between R'G'B' and Y'CbCr without shortcuts, for measuring and showing (ITU-R BT.601, BT.709)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.frames import Plane, VideoFrame
from pellucid.video import chroma

Rgb = npt.NDArray[np.uint8]  # (H, W, 3)
Floats = npt.NDArray[np.float64]

# Kr, Kb of each matrix. Unmarked video is taken as BT.601: so do the stills of the field, and
# so does swscale.
WEIGHTS = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "fcc": (0.30, 0.11),
    "smpte240m": (0.212, 0.087),
    "bt2020": (0.2627, 0.0593),
    "unspecified": (0.299, 0.114),
}
# What MATLAB's rgb2ycbcr multiplies by; BT.601 limited range to five digits.
LUMA = np.array([65.481, 128.553, 24.966]) / 255


def luma(rgb: Rgb) -> Floats:
    """BT.601 limited-range luma, unrounded: uint8 (H, W, 3) to float64 (H, W), 16 to 235."""
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise FrameError(f"rgb: expected uint8 (H, W, 3), got {rgb.dtype} {rgb.shape}")
    weighted: Floats = rgb @ LUMA
    return 16 + weighted


def luma_plane(rgb: Rgb) -> Plane:
    """`luma` rounded to uint8."""
    return to_bytes(luma(rgb))


def limited(frame: VideoFrame) -> Plane:
    """The luma of a frame on the limited scale, whatever the frame's own: uint8 (H, W)."""
    if frame.range == "limited":
        return frame.y
    return to_bytes(16 + frame.y * (219 / 255))


def rgb(frame: VideoFrame) -> Rgb:
    """The picture of a frame: uint8 (H, W, 3), converted in floating point and rounded once.

    swscale's conversion rounds down: its pictures are one level too dark on average, which costs
    a network behind it 0.2 dB of luma.
    """
    black, luma_span, chroma_span = (16, 219, 224) if frame.range == "limited" else (0, 255, 255)
    y = (frame.y.astype(np.float64) - black) * (255 / luma_span)
    if frame.u is None or frame.v is None:
        return to_bytes(np.stack([y, y, y], axis=-1))
    cb, cr = ((_full(p, frame) - 128.0) * (255 / chroma_span) for p in (frame.u, frame.v))
    kr, kb = WEIGHTS[frame.matrix]
    red, blue = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    green = (y - kr * red - kb * blue) / (1 - kr - kb)
    return to_bytes(np.stack([red, green, blue], axis=-1))


def to_bytes(values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.uint8]:
    """Round to the nearest uint8, halves up, saturating; any shape."""
    rounded: npt.NDArray[np.uint8] = np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)
    return rounded


def _full(plane: Plane, frame: VideoFrame) -> Plane:
    """Chroma at luma's size: a cubic for 4:2:0, repetition for the rare others."""
    down, across = frame.subsampling
    if (down, across) == (2, 2):
        grown = chroma.reference(plane, *chroma.phases(frame))
    else:
        grown = plane.repeat(down, axis=0).repeat(across, axis=1)
    return grown[: frame.height, : frame.width]
