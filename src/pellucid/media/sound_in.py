"""Sound out of a file: packets in, one unbroken stream of samples out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from pellucid.errors import UnsupportedMediaError
from pellucid.frames import AudioFrame, Samples

# How far a time may be off, in seconds, before it is believed: containers round to milliseconds.
# Where times turn out to jitter, back and forth within `SOON`, more is taken for jitter.
STEADY, JITTERY, SOON = 0.005, 0.04, 1.0
BACK, AHEAD = 1.0, 6 * 3600.0  # seconds: a jump by more starts the clock anew
SILENCE = 1  # seconds of it at a time
LOUDEST = 16.0  # full scale being 1; what is louder is no sound
USUAL = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of sound of the source's stream of that index."""

    index: int
    frame: AudioFrame


def layout_of(stream: av.AudioStream) -> str:
    """The name of a stream's layout; the usual one for a number of channels and no order."""
    layout = stream.codec_context.layout
    return USUAL.get(layout.nb_channels, layout.name) if "channels" in layout.name else layout.name


def check_sound(path: Path, stream: av.AudioStream) -> None:
    """Raise UnsupportedMediaError for a stream that cannot be decoded."""
    if getattr(stream, "codec_context", None) is None:
        raise UnsupportedMediaError(f"{path}: no decoder for the sound of stream {stream.index}")


class SoundDecoder:
    """One stream of sound. Where time is missing there is silence; where it repeats, the later
    samples go; where the clock starts anew, the sound goes on.

    `damaged` counts packets that could not be decoded, `restarts` clocks that started anew.
    """

    def __init__(self, stream: av.AudioStream) -> None:
        self._stream = stream
        self._rate = 0
        self._next: int | None = None
        self._shift = 0  # samples that the stream's clock is behind ours
        self._limit = STEADY
        self._moved = (0, 0)  # where time was last believed, and by how much
        self.damaged = self.restarts = 0

    def push(self, packet: av.Packet[Any] | None) -> Iterator[AudioFrame]:
        """Decode a packet; None gives what is left."""
        try:
            decoded = self._stream.codec_context.decode(packet)
        except av.FFmpegError:
            self.damaged += 1
            return
        for frame in decoded:
            yield from self._take(frame)

    def _take(self, frame: av.AudioFrame) -> Iterator[AudioFrame]:
        """Samples as they are; another rate or layout in the middle is brought to the first."""
        if not self._rate:
            self._rate, self._layout = frame.sample_rate, frame.layout.name
        unit, start = frame.time_base, None
        if frame.pts is not None and unit is not None:
            start = round(frame.pts * unit * self._rate)
        frame.pts = None
        # Anew for each frame: a resampler keeps to what it was first given.
        even = av.AudioResampler("fltp", self._layout, self._rate)
        pieces = [made.to_ndarray() for given in (frame, None) for made in even.resample(given)]
        if pieces:
            yield from self._place(np.concatenate(pieces, axis=1), start)

    def _place(self, samples: Samples, start: int | None) -> Iterator[AudioFrame]:
        if self._next is None:
            self._next = start or 0
        off = 0 if start is None else self._believed(start + self._shift - self._next)
        while off > 0:
            quiet = min(off, SILENCE * self._rate)
            yield self._emit(np.zeros((len(samples), quiet), np.float32))
            off -= quiet
        if -off < samples.shape[1]:
            yield self._emit(samples[:, -off:])

    def _believed(self, off: int) -> int:
        """How much of what a time is off by is taken for missing or repeated sound."""
        assert self._next is not None
        if not -BACK * self._rate <= off <= AHEAD * self._rate:
            self._shift -= off
            self.restarts += 1
            return 0
        if abs(off) <= self._limit * self._rate:
            return 0
        last, by = self._moved
        if by * off < 0 and self._next - last < SOON * self._rate:
            self._limit = JITTERY
        self._moved = (self._next, off)
        return off

    def _emit(self, samples: Samples) -> AudioFrame:
        assert self._next is not None
        # A decoder's mistakes must not end the work: what is no number is silence.
        finite = np.nan_to_num(samples, nan=0.0).clip(-LOUDEST, LOUDEST)
        frame = AudioFrame(finite.astype(np.float32, copy=False), self._rate, self._next)
        self._next = frame.end_pts
        return frame
