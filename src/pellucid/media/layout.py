"""How 8-bit pixel formats lie in memory, and how to look at their planes without copying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import av
import numpy as np

from pellucid.errors import FrameError
from pellucid.frames import Plane, VideoFrame

Packing = Literal["planar", "semiplanar", "packed"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One pixel format: chroma subsampling (rows, columns), and where each sample is.

    subsampling: None for grey. order: for packed formats the offsets of Y, U, V in a group of
    four bytes; for semiplanar ones the offsets of U, V in a pair.
    """

    subsampling: tuple[int, int] | None
    packing: Packing = "planar"
    order: tuple[int, ...] = ()
    full_range: bool = False


# The yuvj names are the old way to say "full range".
LAYOUTS = {
    "gray": Layout(None),
    "yuv420p": Layout((2, 2)),
    "yuv422p": Layout((1, 2)),
    "yuv440p": Layout((2, 1)),
    "yuv444p": Layout((1, 1)),
    "yuvj420p": Layout((2, 2), full_range=True),
    "yuvj422p": Layout((1, 2), full_range=True),
    "yuvj440p": Layout((2, 1), full_range=True),
    "yuvj444p": Layout((1, 1), full_range=True),
    "nv12": Layout((2, 2), "semiplanar", (0, 1)),
    "nv21": Layout((2, 2), "semiplanar", (1, 0)),
    "nv16": Layout((1, 2), "semiplanar", (0, 1)),
    "nv24": Layout((1, 1), "semiplanar", (0, 1)),
    "yuyv422": Layout((1, 2), "packed", (0, 1, 3)),
    "yvyu422": Layout((1, 2), "packed", (0, 3, 1)),
    "uyvy422": Layout((1, 2), "packed", (1, 0, 2)),
}

# Chroma subsampling -> planar format of the output; None is grey.
PLANAR = {
    None: "gray",
    (2, 2): "yuv420p",
    (1, 2): "yuv422p",
    (2, 1): "yuv440p",
    (1, 1): "yuv444p",
}

NAMES = {None: "grey", (2, 2): "4:2:0", (1, 2): "4:2:2", (2, 1): "4:4:0", (1, 1): "4:4:4"}


def planes(frame: av.VideoFrame) -> tuple[Plane, Plane | None, Plane | None]:
    """Return read-only views of Y, U, V, uint8 (H, W) and chroma as subsampled; grey has no U, V.

    The views keep the decoder's memory alive. `frame.format.name` must be in LAYOUTS.
    """
    layout = LAYOUTS[frame.format.name]
    height, width = frame.height, frame.width
    if layout.subsampling is None:
        return _rows(frame, 0, height, width), None, None
    rows, columns = layout.subsampling
    high, wide = -(-height // rows), -(-width // columns)
    if layout.packing == "packed":
        every = _rows(frame, 0, height, 4 * wide)  # (H, 4 * W/2)
        y, u, v = layout.order
        return every[:, y::2][:, :width], every[:, u::4], every[:, v::4]
    luma = _rows(frame, 0, height, width)
    if layout.packing == "semiplanar":
        pairs = _rows(frame, 1, high, 2 * wide)
        u, v = layout.order
        return luma, pairs[:, u::2], pairs[:, v::2]
    return luma, _rows(frame, 1, high, wide), _rows(frame, 2, high, wide)


def to_av(frame: VideoFrame, pixel_format: str) -> av.VideoFrame:
    """Copy a frame's planes, of any strides, into a new PyAV frame of a planar format.

    A grey picture going into a colour format gets neutral chroma, 128. Raises FrameError when
    the chroma does not fit `pixel_format`.
    """
    subsampling = None if frame.u is None else frame.subsampling
    if subsampling is not None and PLANAR[subsampling] != pixel_format:
        raise FrameError(
            f"frame: expected {NAMES[LAYOUTS[pixel_format].subsampling]}, got {NAMES[subsampling]}"
        )
    made = av.VideoFrame(frame.width, frame.height, pixel_format)
    for plane, samples in zip(made.planes, (frame.y, frame.u, frame.v), strict=False):
        target = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        target[:, : plane.width] = 128 if samples is None else samples
    return made


def _rows(frame: av.VideoFrame, index: int, height: int, width: int) -> Plane:
    """View one plane as uint8 (height, width); lines in memory may be longer than the picture."""
    plane = frame.planes[index]
    stride = abs(plane.line_size)
    view: Plane = np.frombuffer(memoryview(plane), np.uint8)[: stride * height].reshape(
        height, stride
    )
    view.flags.writeable = False  # the decoder still predicts from this memory
    if plane.line_size < 0:  # stored bottom up
        view = view[::-1]
    return view[:, :width]
