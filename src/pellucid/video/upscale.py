"""The Stage that makes pictures twice as high and wide: luma by the network, colour by a cubic."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import VideoFrame
from pellucid.stream import Stage
from pellucid.video import chroma
from pellucid.video.engine import check_plane, luma, pick_engine
from pellucid.video.guard import OK, Guard
from pellucid.video.model import load_at
from pellucid.video.ways import CubicWay, NetworkWay, Way, blank

Picture = npt.NDArray[np.uint8]
SMALLER = "lite"  # the model to fall back to


@dataclass
class Stats:
    """What became of a stream so far.

    frames: how many. ways: of these, how many each model made, or "bicubic". reused: the mean
    share of a frame's luma that had not changed and was not computed again. late: frames that took
    longer than the budget. reasons: why frames went the way they did, "ok" or "over_budget";
    reason: the latest.
    """

    frames: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    reused: float = 0.0
    late: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    reason: str = OK


class Upscaler(Stage[VideoFrame, VideoFrame]):
    """Enlarges pictures x2 with a trained network.

    model: a shipped model's name or the path of a model file. threads: how many to compute on,
    None for one a core. strength: 0 to 2, how much the network adds to plain interpolation; below
    1 softer, above 1 crisper, at no cost; of `vivid` 0 to 1, from `standard` to itself. budget_ms:
    for live use, what a frame may take; a frame that would take longer goes through the smaller
    model `lite`, or is interpolated. Such a stream depends on time and is not the same twice.
    clock: seconds, for the budget. Raises ArtifactError when the model cannot be read, FrameError
    for another strength or budget.

    `upscale` keeps no state and may be called from several threads; `push` and `flush` make the
    same work a Stage for one stream, whose level of the gate follows its latest pictures, and which
    computes only what changed since the last frame: `stats` tells how much that was.
    """

    def __init__(
        self,
        model: str = "standard",
        threads: int | None = None,
        strength: float = 1.0,
        budget_ms: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.network, self.card = load_at(model, strength)
        self.engine = pick_engine(self.network, threads)
        self.stats = Stats()
        self._ways: list[Way] = [NetworkWay(self.card.name, self.network, self.engine)]
        self._guard: Guard | None = None
        self._clock = clock
        self._closed = False
        if budget_ms is not None:
            self._keep_within(budget_ms, threads, strength)

    @property
    def latency(self) -> float:
        """0 seconds: a frame waits for no later one."""
        return 0.0

    @property
    def budget_ms(self) -> float | None:
        """What a frame may take, where there is a budget; then it may be set to another."""
        return self._guard.budget_ms if self._guard else None

    @budget_ms.setter
    def budget_ms(self, budget_ms: float) -> None:
        if not self._guard:
            raise FrameError("budget_ms: expected an Upscaler that was made with one")
        self._guard.budget_ms = _checked(budget_ms)

    def push(self, frame: VideoFrame, /) -> Sequence[VideoFrame]:
        """Enlarge one frame. Raises FrameError for anything else, StreamClosed after `flush`."""
        if self._closed:
            raise StreamClosed("push() after flush(): build a new Upscaler for a new stream")
        if not isinstance(frame, VideoFrame):
            kind = type(frame).__qualname__
            raise FrameError(f"frame: expected a pellucid.VideoFrame, got {kind}")
        check_plane(frame.y)
        number = self._guard.choose(frame.y.size) if self._guard else 0
        way, start = self._ways[number], self._clock()
        large = way.enlarge(frame)
        if self._guard:
            self._guard.took(number, frame.y.size, 1000 * (self._clock() - start))
        self._note(way)
        return [large]

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
            return self._frame(picture)
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

    def _keep_within(self, budget_ms: float, threads: int | None, strength: float) -> None:
        _checked(budget_ms)
        if self.card.name != SMALLER:
            smaller = load_at(SMALLER, strength)[0]
            self._ways.append(NetworkWay(SMALLER, smaller, pick_engine(smaller, threads)))
        self._ways.append(CubicWay())
        self._guard = Guard(budget_ms, len(self._ways))

    def _note(self, way: Way) -> None:
        stats = self.stats
        stats.frames += 1
        stats.ways[way.name] += 1
        stats.reused += (way.reused - stats.reused) / stats.frames
        if self._guard:
            stats.late, stats.reason = self._guard.late, self._guard.reason
            stats.reasons = self._guard.reasons

    def _frame(self, frame: VideoFrame) -> VideoFrame:
        check_plane(frame.y)
        large, colours = blank(frame)
        self.engine.enlarge(frame.y, large.y, self.network.level(frame.y), colours)
        return large

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


def _checked(budget_ms: float) -> float:
    if type(budget_ms) not in (int, float) or not budget_ms > 0:
        raise FrameError(f"budget_ms: expected more than 0, got {budget_ms!r}")
    return budget_ms


def _luma_of(rgb: Picture) -> Picture:
    """Full-range BT.601 luma in 16-bit fixed point: uint8 (H, W, 3) to (H, W)."""
    weighted = rgb.astype(np.uint32) @ np.array([19595, 38470, 7471], np.uint32)
    return ((weighted + 32768) >> 16).astype(np.uint8)
