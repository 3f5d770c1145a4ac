"""The Stage that makes pictures twice as high and wide: luma by the network, colour by a cubic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import numpy as np
import numpy.typing as npt

from pellucid.artifact import find_model
from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import VideoFrame
from pellucid.stream import Stage
from pellucid.video import chroma
from pellucid.video.engine import Colour, check_plane, luma, pick_engine
from pellucid.video.levels import Levels
from pellucid.video.model import load, with_strength

Picture = npt.NDArray[np.uint8]


class Upscaler(Stage[VideoFrame, VideoFrame]):
    """Enlarges pictures x2 with a trained network.

    model: a shipped model's name or the path of a model file. threads: how many to compute on,
    None for one a core. strength: 0 to 2, how much the network adds to plain interpolation; below
    1 softer, above 1 crisper, at no cost. Raises ArtifactError when the model cannot be read,
    FrameError for another strength.

    `upscale` keeps no state and may be called from several threads; `push` and `flush` make the
    same work a Stage for one stream, whose level of the gate follows its latest pictures.
    """

    def __init__(
        self, model: str = "standard", threads: int | None = None, strength: float = 1.0
    ) -> None:
        network, self.card = load(find_model(model))
        self.network = with_strength(network, strength)
        self.engine = pick_engine(self.network, threads)
        self._levels = Levels(self.network)
        self._closed = False

    @property
    def latency(self) -> float:
        """0 seconds: a frame waits for no later one."""
        return 0.0

    def push(self, frame: VideoFrame, /) -> Sequence[VideoFrame]:
        """Enlarge one frame. Raises FrameError for anything else, StreamClosed after `flush`."""
        if self._closed:
            raise StreamClosed("push() after flush(): build a new Upscaler for a new stream")
        if not isinstance(frame, VideoFrame):
            kind = type(frame).__qualname__
            raise FrameError(f"frame: expected a pellucid.VideoFrame, got {kind}")
        check_plane(frame.y)
        return [self._frame(frame, self._levels.of(frame.y))]

    def flush(self) -> Sequence[VideoFrame]:
        """End the stream; nothing is held back."""
        self._closed = True
        return []

    @overload
    def upscale(self, picture: VideoFrame) -> VideoFrame: ...
    @overload
    def upscale(self, picture: Picture) -> Picture: ...
    def upscale(self, picture: VideoFrame | Picture) -> VideoFrame | Picture:
        """Enlarge a frame, uint8 luma (H, W) to (2H, 2W), or uint8 RGB (H, W, 3) to (2H, 2W, 3).

        Times and colour tags of a frame stay as they are. Raises FrameError for anything else.
        """
        if isinstance(picture, VideoFrame):
            check_plane(picture.y)
            return self._frame(picture, self.network.level(picture.y))
        if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or not picture.size:
            kind = f"{type(picture).__module__}.{type(picture).__qualname__}"
            shown = f"{picture.dtype} {picture.shape}" if isinstance(picture, np.ndarray) else kind
            raise FrameError(
                f"picture: expected a pellucid.VideoFrame or a uint8 array with pixels, got {shown}"
            )
        if picture.ndim == 2:
            return self._luma(picture)
        if picture.ndim == 3 and picture.shape[2] == 3:
            return self._rgb(picture)
        raise FrameError(f"picture: expected (H, W) or (H, W, 3), got {picture.shape}")

    def _frame(self, frame: VideoFrame, level: int) -> VideoFrame:
        y = np.empty((2 * frame.y.shape[0], 2 * frame.y.shape[1]), np.uint8)
        if frame.u is None or frame.v is None:
            self.engine.enlarge(frame.y, y, level)
            return replace(frame, y=y)
        down, across = frame.subsampling
        size = -(-y.shape[0] // down), -(-y.shape[1] // across)
        u, v = np.empty(size, np.uint8), np.empty(size, np.uint8)
        phases = chroma.phases(frame)
        colours = Colour(frame.u, u, phases), Colour(frame.v, v, phases)
        self.engine.enlarge(frame.y, y, level, colours)
        return replace(frame, y=y, u=u, v=v)

    def _luma(self, picture: Picture) -> Picture:
        return luma(self.engine, picture, self.network.level(picture))

    def _rgb(self, rgb: Picture) -> Picture:
        """Luma through the network; each channel's difference from luma by the cubic.

        Differences instead of 8-bit Cb and Cr: a flat colour then comes out exactly as it was.
        """
        grey = _luma_of(rgb)
        enlarged = self._luma(grey).astype(np.int32)
        out = np.empty((*enlarged.shape, 3), np.uint8)
        for channel in range(3):
            difference = rgb[..., channel].astype(np.int32) - grey
            grown = chroma.cubic(difference, "centered", "centered")
            out[..., channel] = np.clip(enlarged + grown, 0, 255)
        return out


def _luma_of(rgb: Picture) -> Picture:
    """Full-range BT.601 luma in 16-bit fixed point: uint8 (H, W, 3) to (H, W)."""
    weighted = rgb.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
    return ((weighted + 32768) >> 16).astype(np.uint8)
