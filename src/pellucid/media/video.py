"""What a video stream is, read from its container and its first decoded picture."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
from av.sidedata.sidedata import SideData

from pellucid.media.colour import Colour, colour_of
from pellucid.media.layout import LAYOUTS

DEFAULT_TIME_BASE = Fraction(1, 90_000)
FALLBACK_RATE = Fraction(30)
# A rate outside of this is a guess gone wrong (browsers' recordings often claim 1000).
PLAUSIBLE_RATES = (Fraction(1, 10), Fraction(240))

DisplayMatrix = tuple[int, int, int, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Video:
    """The facts about a video that a writer needs to keep them.

    width, height: of the first picture, in samples as stored, before rotation. time_base: unit
    of pts in seconds. frames: how many to expect, an estimate, or None. duration: seconds or
    None. rate: frames a second, average. sample_aspect_ratio: width by height of a sample, or
    None when unsaid. display_matrix: nine integers as in MP4, or None when upright.
    subsampling: of chroma (rows, columns); None is grey. codec: FFmpeg's name.
    """

    width: int
    height: int
    time_base: Fraction
    frames: int | None
    duration: float | None
    rate: Fraction
    sample_aspect_ratio: Fraction | None
    display_matrix: DisplayMatrix | None
    colour: Colour
    subsampling: tuple[int, int] | None
    codec: str

    @property
    def rotation(self) -> int:
        """Counter-clockwise degrees a player turns the picture by, as PyAV counts them."""
        if self.display_matrix is None:
            return 0
        a, b = self.display_matrix[:2]
        return round(math.degrees(math.atan2(-b, a)))


def describe(stream: av.VideoStream, frame: av.VideoFrame) -> Video:
    """Collect the facts; `frame` is the first picture of `stream`, in a format of LAYOUTS."""
    rate = _rate(stream)
    duration = _duration(stream)
    return Video(
        width=frame.width,
        height=frame.height,
        time_base=stream.time_base or DEFAULT_TIME_BASE,
        frames=_frames(stream, duration, rate),
        duration=duration,
        rate=rate,
        sample_aspect_ratio=stream.sample_aspect_ratio or None,
        display_matrix=_display_matrix(frame),
        colour=colour_of(frame, stream.codec_context),
        subsampling=LAYOUTS[frame.format.name].subsampling,
        codec=stream.codec_context.codec.canonical_name,
    )


def _rate(stream: av.VideoStream) -> Fraction:
    low, high = PLAUSIBLE_RATES
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and low <= rate <= high:
            return rate
    return FALLBACK_RATE


def _duration(stream: av.VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    whole = getattr(stream.container, "duration", None)
    return whole / av.time_base if whole else None


def _frames(stream: av.VideoStream, duration: float | None, rate: Fraction) -> int | None:
    if stream.frames:
        return stream.frames
    return round(duration * rate) if duration else None


def _display_matrix(frame: av.VideoFrame) -> DisplayMatrix | None:
    try:
        data = cast("Mapping[str, SideData]", frame.side_data)["DISPLAYMATRIX"]
    except KeyError:
        return None
    except ValueError:  # some other side data is newer than PyAV; the turn alone is known
        return _turned(frame.rotation) if frame.rotation else None
    a, b, u, c, d, v, x, y, w = struct.unpack("=9i", memoryview(data))
    return a, b, u, c, d, v, x, y, w


def _turned(degrees: int) -> DisplayMatrix:
    """Build the matrix of a plain turn: 16.16 fixed point, its last entry 2.30."""
    cosine = round(math.cos(math.radians(degrees)) * 2**16)
    sine = round(math.sin(math.radians(degrees)) * 2**16)
    return cosine, -sine, 0, sine, cosine, 0, 0, 0, 2**30
