"""What a file sounds like from its start to its end: its first stream of sound, labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.audio.classify import FRAMES_A_SECOND, Classifier
from pellucid.audio.labels import Label, Span, joined
from pellucid.audio.listen import MODEL
from pellucid.frames import AudioFrame, Samples
from pellucid.media import SoundTrack
from pellucid.stream import run

# Path, seconds done, seconds in all if they are known.
Progress = Callable[[Path, int, int | None], None]


@dataclass(frozen=True, eq=False)
class Listened:
    """What was heard. spans: the labels of the whole file, neighbours of one label joined. peaks:
    the largest magnitude of each 20 ms, float32 (n,). warnings: sentences on damage.
    """

    path: Path
    spans: tuple[Span, ...]
    peaks: Samples
    warnings: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long the sound is."""
        return self.spans[-1].end if self.spans else 0.0

    def seconds_of(self, label: Label) -> float:
        """How long it is all of that label."""
        return sum(span.end - span.start for span in self.spans if span.label == label)


def listen(path: Path, model: Path = MODEL, progress: Progress | None = None) -> Listened:
    """Label the first stream of sound of a sound or video file.

    Raises MediaError for a file without one, ArtifactError for a model that is none.
    """
    classifier, outline = Classifier(model), _Outline()
    with SoundTrack(path) as source:
        frames = _told(source, outline, progress)
        spans = joined(run(classifier, frames))
        return Listened(path, tuple(spans), outline.peaks, tuple(source.warnings))


def _told(source: SoundTrack, outline: _Outline, progress: Progress | None) -> Iterator[AudioFrame]:
    for frame in source.frames():
        if progress:
            seconds = frame.end_pts // frame.sample_rate
            progress(source.path, seconds, round(source.seconds) or None)
        outline.push(frame)
        yield frame


class _Outline:
    """The largest magnitude of each 20 ms of a stream whose pts begin at 0."""

    def __init__(self) -> None:
        self._pieces: list[Samples] = []
        self._places: list[Sequence[int]] = []

    def push(self, frame: AudioFrame) -> None:
        loudest = np.abs(frame.samples).max(0)
        places = np.arange(frame.pts, frame.end_pts) * FRAMES_A_SECOND // frame.sample_rate
        firsts = np.flatnonzero(np.diff(places, prepend=-1))
        self._pieces.append(np.maximum.reduceat(loudest, firsts))
        self._places.append(places[firsts].tolist())

    @property
    def peaks(self) -> Samples:
        places = np.concatenate(self._places)
        peaks = np.zeros(places[-1] + 1, np.float32)
        np.maximum.at(peaks, places, np.concatenate(self._pieces))
        return peaks
