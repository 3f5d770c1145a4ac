"""Says what a sound is, as a Stage: one label for each 20 ms, whatever rate, chunks and channels.

frames of any size ─▶ hops ─▶ spectra ─▶ Listener ─▶ a Span for each 20 ms
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pellucid.audio.activity import FRAME
from pellucid.audio.arrays import pieces
from pellucid.audio.hopwise import LOWEST, Hopwise
from pellucid.audio.labels import Label, Labels, Span
from pellucid.audio.listen import DELAY, MODEL, Listener
from pellucid.audio.stft import HOPS_A_SECOND, Stft, hop_of
from pellucid.errors import FrameError
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import Stage, run

FRAMES_A_SECOND = HOPS_A_SECOND // FRAME


class Classifier(Stage[AudioFrame, Span]):
    """A `Span` of 20 ms and its label for each 20 ms of sound; the last may be shorter.

    All channels are one sound; the rate is at least 8000 Hz. Raises ArtifactError for a bad
    model file; see `Hopwise` for what pushes raise.
    """

    def __init__(self, model: Path = MODEL) -> None:
        self._ear = _Ear(model)
        self._rate = self._first = self._next = self._frame = 0

    @property
    def latency(self) -> float:
        """Seconds from the end of 20 ms to their label: 9 frames. A rate that must be resampled
        adds what soxr holds back.
        """
        return DELAY / FRAMES_A_SECOND

    def push(self, frame: AudioFrame, /) -> Sequence[Span]:
        """Take some sound; give the spans that are decided. Raises FrameError, StreamClosed."""
        started = self._ear.started
        self._ear.push(frame)
        if not started:
            self._rate, self._first = frame.sample_rate, frame.pts
        self._next = frame.end_pts
        return list(self._spans())

    def flush(self) -> Sequence[Span]:
        """End the stream and give the rest."""
        self._ear.flush()
        if self._ear.started:
            self._ear.drain()
        return list(self._spans())

    def _spans(self) -> Iterator[Span]:
        for label in self._ear.taken():
            start, end = self._start_of(self._frame), self._start_of(self._frame + 1)
            if start < self._next:
                yield Span(Label(label), start, min(end, self._next), self._rate)
            self._frame += 1

    def _start_of(self, frame: int) -> int:
        return self._first + frame * self._rate // FRAMES_A_SECOND


class _Ear(Hopwise):
    """Hears hops and gathers labels; nobody wants the sound that it passes on."""

    started = False

    def __init__(self, model: Path) -> None:
        super().__init__()
        self._listener = Listener(model)
        self._labels: list[int] = []
        self._early = DELAY  # labels that are of no frame

    def rates(self, sample_rate: int) -> tuple[int, int]:
        """What comes out need not be resampled."""
        if sample_rate < LOWEST:
            raise FrameError(f"sample_rate: expected at least {LOWEST}, got {sample_rate}")
        inner, _ = super().rates(sample_rate)
        return inner, inner

    def begin(self, sample_rate: int, channels: int) -> None:
        """Fresh transform and state."""
        self.started = True
        self._stft, self._shape = Stft(sample_rate, channels), (channels, hop_of(sample_rate))
        self._listener.begin(sample_rate, channels)

    def process(self, hops: Samples) -> Samples:
        """Hear whole hops."""
        self._labels += self._listener.frames(self._stft.push(hops)).tolist()
        return hops

    def drain(self) -> None:
        """Hear silence until the last frame has its label."""
        channels, hop = self._shape
        self.process(np.zeros((channels, (DELAY + 1) * FRAME * hop), np.float32))

    def taken(self) -> Sequence[int]:
        """The labels since the last call."""
        early = min(self._early, len(self._labels))
        labels, self._labels = self._labels[early:], []
        self._early -= early
        return labels


def classify(samples: Samples, sample_rate: int, model: Path = MODEL) -> Labels:
    """The label of each 20 ms of a whole sound, uint8 (ceil(T / 20 ms),), not delayed.

    samples: float32 (T,) or (C, T), nominal range -1..1, at 8000 Hz or more. The numbers are those
    of `Label`: 0 speech, 1 music, 2 noise, 3 silence. See `Classifier` for what is raised.
    """
    spans = run(Classifier(model), pieces(samples, sample_rate))
    return np.fromiter((span.label for span in spans), np.uint8)
