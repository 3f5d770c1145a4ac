"""PyAV's pictures of a live stream made larger, or left as they are for a reason."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

import av

from pellucid.frames import VideoFrame
from pellucid.media.layout import LAYOUTS, PLANAR, planes, to_av
from pellucid.video.upscale import Stats

IDLE = "idle"
TOO_LARGE = "resolution_too_large"
UNSUPPORTED = "unsupported_format"
LIMITED = 1  # FFmpeg's number for a range that is not full


@dataclass(frozen=True, slots=True)
class VideoStats:
    """What became of a stream's pictures so far.

    frames: given, the latest of them `width` by `height` as it came. enlarged: of these, through
    the upscaler. replaced: never given, because a newer one came first. late: took longer than the
    budget. reasons: why frames went the way they did: "ok", "over_budget" (a smaller model or
    interpolation), or, left as they are, "idle" (another stream is enhanced),
    "resolution_too_large", "unsupported_format"; reason: the latest. ways: how many each model
    made. reused: mean share of a picture that was not computed again.
    """

    frames: int = 0
    width: int = 0
    height: int = 0
    enlarged: int = 0
    replaced: int = 0
    late: int = 0
    reason: str = IDLE
    reasons: Mapping[str, int] = field(default_factory=dict)
    ways: Mapping[str, int] = field(default_factory=dict)
    reused: float = 0.0
    seconds: float = 0.0


class LiveUpscaler(Protocol):
    """What enlarges one stream's frames and tells how it went, such as an `Upscaler`."""

    @property
    def stats(self) -> Stats:
        """As of now."""

    def push(self, frame: VideoFrame, /) -> Sequence[VideoFrame]:
        """One frame in, one of twice the size out."""


class Enlarger:
    """Doubles the pictures of one stream, one after another; `stats` may be read by any thread.

    largest: width and height, the product of which no picture may exceed to be enlarged. fit: make
    pictures smaller that would come out with more than the four times as many pixels that an
    enlarged one has at most, because whoever codes them again would not keep up.
    """

    def __init__(self, upscaler: LiveUpscaler, largest: tuple[int, int], fit: bool = False) -> None:
        self.stats = VideoStats()
        self._upscaler, self._most, self._fit = upscaler, largest[0] * largest[1], fit
        self._reasons: Counter[str] = Counter()

    def enlarge(self, picture: av.VideoFrame, wanted: bool) -> av.VideoFrame:
        """Twice the size where it is wanted and possible, else the picture itself."""
        start = time.perf_counter()
        reason = self._reason_not_to(picture, wanted)
        made = self._fitted(picture) if reason else self._enlarged(picture)
        took = time.perf_counter() - start
        self.stats = replace(self.stats, width=picture.width, height=picture.height)
        self._note(reason or self._upscaler.stats.reason, reason is None, took)
        return made

    def _fitted(self, picture: av.VideoFrame) -> av.VideoFrame:
        pixels = picture.width * picture.height
        if not self._fit or pixels <= 4 * self._most:
            return picture
        scale = math.sqrt(4 * self._most / pixels)
        width, height = (max(2, int(side * scale) // 2 * 2) for side in _size(picture))
        return picture.reformat(width, height)

    def _reason_not_to(self, picture: av.VideoFrame, wanted: bool) -> str | None:
        if not wanted:
            return IDLE
        if picture.width * picture.height > self._most:
            return TOO_LARGE
        return None if picture.format.name in LAYOUTS else UNSUPPORTED

    def _enlarged(self, picture: av.VideoFrame) -> av.VideoFrame:
        plain = _limited(picture)
        y, u, v = planes(plain)
        subsampling = LAYOUTS[plain.format.name].subsampling
        frame = VideoFrame(y, u, v, subsampling=subsampling or (2, 2))
        (large,) = self._upscaler.push(frame)
        made = to_av(large, PLANAR[subsampling])
        made.pts, made.time_base = picture.pts, picture.time_base or Fraction(1, 90_000)
        made.colorspace, made.color_range = plain.colorspace, plain.color_range
        return made

    def _note(self, reason: str, enlarged: bool, seconds: float) -> None:
        self._reasons[reason] += 1
        known = self._upscaler.stats
        self.stats = replace(
            self.stats,
            frames=self.stats.frames + 1,
            enlarged=self.stats.enlarged + enlarged,
            late=known.late,
            reason=reason,
            reasons=dict(self._reasons),
            ways=dict(known.ways),
            reused=known.reused,
            seconds=self.stats.seconds + seconds,
        )


def _size(picture: av.VideoFrame) -> tuple[int, int]:
    return picture.width, picture.height


def _limited(picture: av.VideoFrame) -> av.VideoFrame:
    """Full range brought to limited, which is what the coders of calls take all pictures for."""
    if not LAYOUTS[picture.format.name].full_range:
        return picture
    plain = PLANAR[LAYOUTS[picture.format.name].subsampling]
    return picture.reformat(format=plain, dst_color_range=LIMITED)
