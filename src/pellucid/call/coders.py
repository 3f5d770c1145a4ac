"""Coders of pictures whose rate may change often without a keyframe each time.

aiortc opens a new coder, which begins with a keyframe, for each change of over a tenth. Here x264
takes a new rate while it is open, and libvpx, which does not, is opened again when the rate has
left a wide range around the one it was opened for; either at most every two seconds. Where even the
coarsest picture of that size does not fit the rate, it is halved.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Protocol, cast

import av
from aiortc.codecs.vpx import number_of_threads
from av.video.frame import PictureType

from pellucid.errors import FrameError

FPS = 30  # at most
OPEN_FOR = 2.0  # seconds at least, unless the size changes
SMALL, LARGE = 0.01, 0.016  # bit a pixel: below, pictures are halved; above, no longer
LONGEST = 2 / FPS  # seconds that a picture counts for: after a pause, none gets all its bits
# Of the rate: coders make more than they are asked to for a while, and pictures were left out.
ASKED_VP8, ASKED_H264 = 0.85, 0.93
BUFFER = 0.25  # seconds at the rate that a keyframe of x264 may take
PLAIN = "yuv420p"


class Kind(Protocol):
    """How a codec is opened for a size and a rate, and how it is given another rate."""

    lower: float  # share of the rate it was opened for, from which on it is opened anew
    upper: float

    def open(self, width: int, height: int, rate: int) -> av.VideoCodecContext:
        """A coder, ready."""

    def follow(self, coder: av.VideoCodecContext, rate: int) -> None:
        """Give an open one another rate, where it takes one."""


class H264:
    """libx264, Baseline; its buffer bounds keyframes and is fixed, so that the range is too."""

    lower, upper = 0.5, 2.0

    def open(self, width: int, height: int, rate: int) -> av.VideoCodecContext:
        """A coder, ready. It keeps to a changing rate only if it begins with the highest."""
        coder = _context("libx264", width, height)
        highest = round(self.upper * rate)
        coder.bit_rate = highest
        coder.options = {
            "preset": "veryfast", "tune": "zerolatency", "maxrate": str(highest),
            "bufsize": str(round(BUFFER * rate)),
        }  # fmt: skip
        coder.profile = "Baseline"
        coder.open()
        self.follow(coder, rate)
        return coder

    def follow(self, coder: av.VideoCodecContext, rate: int) -> None:
        """From the next picture on."""
        coder.bit_rate = round(ASKED_H264 * rate)


class VP8:
    """libvpx for live calls; settings are aiortc's, but for keyframes and the coarsest step."""

    lower, upper = 0.8, 1.4

    def open(self, width: int, height: int, rate: int) -> av.VideoCodecContext:
        """A coder, ready."""
        coder, rate = _context("libvpx", width, height), round(ASKED_VP8 * rate)
        coder.bit_rate, coder.qmin, coder.qmax = rate, 2, 63
        coder.options = {
            "deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0", "partitions": "0",
            "minrate": str(rate), "maxrate": str(rate), "bufsize": str(rate // 2),
            "undershoot-pct": "100", "overshoot-pct": "15", "noise-sensitivity": "4",
            "static-thresh": "1", "max-intra-rate": "450",
        }  # fmt: skip
        coder.thread_count = number_of_threads(width * height, os.cpu_count() or 1)
        coder.open()
        return coder

    def follow(self, coder: av.VideoCodecContext, rate: int) -> None:
        """It does not listen; the budget leaves pictures out until it is opened anew."""


class Coder:
    """One stream of coded pictures at a rate that changes. Times never go back."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._coder: av.VideoCodecContext | None = None
        self._size = (0, 0)  # of what is given, not of what is coded
        self._halved = False
        self._rate, self._opened = 0, float("-inf")
        self._step, self._time, self._ticks = 0.0, 0.0, 0
        self._seen: float | None = None

    def see(self, picture: av.VideoFrame) -> None:
        """Every picture comes here, also one that is then left out.

        The coder's clock goes on by one step a picture that it codes: it would use the time of
        those left out for larger ones, of which more would be left out. Raises FrameError for a
        picture without a time.
        """
        if picture.pts is None or picture.time_base is None:
            raise FrameError("picture: expected one with a time, got none")
        seconds = float(picture.pts * picture.time_base)
        if self._seen is not None:
            self._step = max(0.0, min(seconds - self._seen, LONGEST))
        self._seen = seconds

    def encode(self, picture: av.VideoFrame, rate: int, keyframe: bool, now: float) -> bytes:
        """A picture coded; for a keyframe, one that needs no other one."""
        if self._coder is None or self._must_open(picture, rate, now):
            self._open(picture, rate, now)
        assert self._coder is not None
        self._kind.follow(self._coder, rate)
        given = picture.reformat(self._coder.width, self._coder.height, PLAIN)
        if given is picture:  # its time is somebody else's
            given = av.VideoFrame.from_ndarray(picture.to_ndarray(), PLAIN)
        given.pts, given.time_base = self._tick(), Fraction(1, FPS)
        given.pict_type = PictureType.I if keyframe else PictureType.NONE
        return b"".join(bytes(packet) for packet in self._coder.encode(given))

    def _must_open(self, picture: av.VideoFrame, rate: int, now: float) -> bool:
        if (picture.width, picture.height) != self._size:
            return True
        if now < self._opened + OPEN_FOR:
            return False
        kept = self._kind.lower <= rate / self._rate <= self._kind.upper
        return not kept or self._halves(rate) != self._halved

    def _open(self, picture: av.VideoFrame, rate: int, now: float) -> None:
        self._size = (picture.width, picture.height)
        self._halved, self._rate, self._opened = self._halves(rate), rate, now
        parts = 2 if self._halved else 1
        width, height = (max(side // parts // 2 * 2, 2) for side in self._size)
        self._coder = self._kind.open(width, height, rate)

    def _halves(self, rate: int) -> bool:
        share = rate / (self._size[0] * self._size[1] * FPS)
        return share < (LARGE if self._halved else SMALL)

    def _tick(self) -> int:
        """Its time in the coder's units; later than the one before, or libvpx refuses it."""
        self._time += self._step
        self._ticks = max(self._ticks + 1, round(self._time * FPS))
        return self._ticks


def _context(name: str, width: int, height: int) -> av.VideoCodecContext:
    coder = cast(av.VideoCodecContext, av.VideoCodecContext.create(name, "w"))
    coder.width, coder.height, coder.pix_fmt = width, height, PLAIN
    coder.framerate, coder.time_base, coder.gop_size = Fraction(FPS), Fraction(1, FPS), 3000
    return coder
