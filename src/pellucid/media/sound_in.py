"""Sound out of a file: packets in, one unbroken stream of samples out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from pellucid.frames import AudioFrame, Samples

# Containers round times, and clocks drift; what is off by less than this is not moved.
TOLERANCE = 0.04  # seconds
USUAL = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
SILENCE = 1  # seconds of it at a time


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of sound of the source's stream of that index."""

    index: int
    frame: AudioFrame


def layout_of(stream: av.AudioStream) -> str:
    """The name of a stream's layout; the usual one for a number of channels and no order."""
    layout = stream.codec_context.layout
    return USUAL.get(layout.nb_channels, layout.name) if "channels" in layout.name else layout.name


class SoundDecoder:
    """One stream of sound. Where time is missing there is silence; where it repeats, the later
    samples go. `damaged` counts packets that could not be decoded.
    """

    def __init__(self, stream: av.AudioStream) -> None:
        self._stream = stream
        self._rate = 0
        self._next: int | None = None
        self.damaged = 0

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
            self._rate = frame.sample_rate
            self._even = av.AudioResampler("fltp", frame.layout, frame.sample_rate)
        unit, start = frame.time_base, None
        if frame.pts is not None and unit is not None:
            start = round(frame.pts * unit * self._rate)
        frame.pts = None
        pieces = [made.to_ndarray() for made in self._even.resample(frame)]
        if pieces:
            yield from self._place(np.concatenate(pieces, axis=1), start)

    def _place(self, samples: Samples, start: int | None) -> Iterator[AudioFrame]:
        if self._next is None:
            self._next = start or 0
        off = 0 if start is None else start - self._next
        if abs(off) <= TOLERANCE * self._rate:
            off = 0
        while off > 0:
            quiet = min(off, SILENCE * self._rate)
            yield self._emit(np.zeros((len(samples), quiet), np.float32))
            off -= quiet
        if -off < samples.shape[1]:
            yield self._emit(samples[:, -off:])

    def _emit(self, samples: Samples) -> AudioFrame:
        assert self._next is not None
        # A decoder's mistakes must not end the work: what is no number is silence.
        finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        frame = AudioFrame(finite.astype(np.float32, copy=False), self._rate, self._next)
        self._next = frame.end_pts
        return frame
