"""Any stream of sound, as whole hops at a rate that the transform takes, and back to the sample.

    frames of any size ─▶ (resample) ─▶ hops ─▶ process ─▶ (resample) ─▶ the same stretch of time

A stage names its process; this keeps what is left of a hop between pushes, takes the delay off at
the start and gives it back at the end, so that output lies where input lay.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from pellucid.audio.resample import resampler
from pellucid.audio.stft import HOPS, HOPS_A_SECOND, hop_of
from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import Stage

LOWEST, HIGHEST = 8_000, 48_000  # Hz that are processed as they are
LOUDEST = 1e4  # what is louder is a mistake: in 16 bits, or no number
RESAMPLED = 48_000  # Hz for all others


class Hopwise(Stage[AudioFrame, AudioFrame]):
    """A stage that works on hops of 10 ms; subclasses say how.

    A push raises FrameError for a change of rate, of channels or of time within a stream, and for
    samples that are not finite or no sound; StreamClosed after `flush`.
    """

    def __init__(self) -> None:
        self._stream: _Stream | None = None
        self._closed = False

    @abstractmethod
    def begin(self, sample_rate: int, channels: int) -> None:
        """A stream starts: float32 hops of `channels` at `sample_rate` will come."""

    @abstractmethod
    def process(self, hops: Samples) -> Samples:
        """(channels, n * hop) to the same shape, one hop behind."""

    def rates(self, sample_rate: int) -> tuple[int, int]:
        """Hz that the process and the output have, for an input's. Raises FrameError."""
        native = sample_rate % HOPS_A_SECOND == 0 and LOWEST <= sample_rate <= HIGHEST
        return (sample_rate if native else RESAMPLED), sample_rate

    @property
    def latency(self) -> float:
        """Seconds: a window. A rate that must be resampled adds what soxr holds back."""
        return HOPS / HOPS_A_SECOND

    def push(self, frame: AudioFrame, /) -> Sequence[AudioFrame]:
        """Take some sound; give what is finished. Raises FrameError, StreamClosed."""
        if self._closed:
            raise StreamClosed("push() after flush(): build a new stage for a new stream")
        if not isinstance(frame, AudioFrame):
            raise FrameError(f"frame: expected an AudioFrame, got {type(frame).__qualname__}")
        check_sound(frame.samples)
        if not frame.samples.shape[0]:
            raise FrameError("samples: expected at least one channel, got none")
        if self._stream is None:
            self._stream = _Stream(self, frame)
        return self._stream.push(frame)

    def flush(self) -> Sequence[AudioFrame]:
        """End the stream and give the rest."""
        self._closed = True
        return self._stream.flush() if self._stream else []


def check_sound(samples: Samples) -> None:
    """Raise FrameError for what is no number or no sound."""
    if not (np.abs(samples) <= LOUDEST).all():
        raise FrameError(f"samples: expected numbers in -1..1, got NaN or above {LOUDEST:g}")


class _Stream:
    """One stream's buffers: what came in, what went out."""

    def __init__(self, stage: Hopwise, first: AudioFrame) -> None:
        self._stage = stage
        self._rate, self._channels = first.sample_rate, int(first.samples.shape[0])
        self._inner, self._out = stage.rates(self._rate)
        self._next_in, self._next_out = first.pts, self._out_pts(first.pts)
        self._hop = hop_of(self._inner)
        self._there = resampler(self._rate, self._inner, self._channels)
        self._back = resampler(self._inner, self._out, self._channels)
        self._waiting: Samples = np.zeros((self._channels, 0), np.float32)
        self._skip = self._hop  # the process is one hop behind
        stage.begin(self._inner, self._channels)

    def push(self, frame: AudioFrame) -> list[AudioFrame]:
        self._check(frame)
        self._next_in = frame.end_pts
        return self._emit(self._back(self._hops(self._there(frame.samples, False)), False))

    def flush(self) -> list[AudioFrame]:
        rest = self._there(np.zeros((self._channels, 0), np.float32), True)
        # Silence to finish the last hop, and one more to push it out.
        short = -(self._waiting.shape[1] + rest.shape[1]) % self._hop
        silence = np.zeros((self._channels, short + self._hop), np.float32)
        made = self._back(self._hops(np.concatenate([rest, silence], axis=1)), True)
        left = self._out_pts(self._next_in) - self._next_out
        made = np.pad(made[:, :left], ((0, 0), (0, max(left - made.shape[1], 0))))
        return self._emit(made)

    def _hops(self, samples: Samples) -> Samples:
        """Process what makes whole hops, less the delay; keep the rest."""
        joined = np.concatenate([self._waiting, samples], axis=1)
        whole = joined.shape[1] // self._hop * self._hop
        self._waiting = joined[:, whole:]
        if not whole:
            return joined[:, :0]
        made = self._stage.process(joined[:, :whole])[:, self._skip :]
        self._skip = 0
        return made

    def _emit(self, samples: Samples) -> list[AudioFrame]:
        if not samples.shape[1]:
            return []
        frame = AudioFrame(samples, self._out, self._next_out)
        self._next_out = frame.end_pts
        return [frame]

    def _out_pts(self, pts: int) -> int:
        return pts * self._out // self._rate

    def _check(self, frame: AudioFrame) -> None:
        got = (frame.sample_rate, int(frame.samples.shape[0]), frame.pts)
        expected = (self._rate, self._channels, self._next_in)
        for name, new, old in zip(("sample_rate", "channels", "pts"), got, expected, strict=True):
            if new != old:
                raise FrameError(f"{name}: the stream has {old}, got {new}; build a new stage")
