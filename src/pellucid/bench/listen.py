"""The protocol of the classifier: every frame of every recording, with intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from pellucid.audio.activity import Flags
from pellucid.audio.classify import Classifier, classify
from pellucid.audio.denoise import denoise
from pellucid.audio.keep import WAYS
from pellucid.audio.labels import Label, Labels
from pellucid.bench.listen_items import RATE, Heard
from pellucid.bench.listen_peers import Detector
from pellucid.bench.voice_scores import si_sdr
from pellucid.frames import AudioFrame, Samples

Z_95 = 1.96
NEAR = 15  # frames: a switch this near to a true one to the same label is that one
Told = TypeVar("Told", Labels, Flags)


@dataclass(frozen=True)
class Judged:
    """One method on one sound. counts: frames by true label and told label, 4 x 4 for ours, 2 x 2
    (speech, else) for detectors. ms: computing of a frame. switches: of a label, wrong ones.
    """

    method: str
    scene: str
    name: str
    counts: list[list[int]]
    switches: int
    seconds: float
    ms: float

    @property
    def accuracy(self) -> float:
        """Share of the frames that got their label, in %."""
        counts = np.array(self.counts)
        return 100 * float(np.trace(counts)) / float(counts.sum())


@dataclass(frozen=True)
class Kept:
    """SI-SDR in dB of what stands in front after the denoiser, by its setting for music."""

    scene: str
    name: str
    si_sdr: dict[str, float]


def measure(items: Iterable[Heard], model: Path, detectors: Sequence[Detector]) -> Iterator[Judged]:
    """A row for each sound and method, ours first; ours again as a detector of speech."""
    for item in items:
        told, ms = _timed(partial(classify, sample_rate=RATE, model=model), item)
        yield _judged("pellucid", item, item.labels, told, len(Label), ms)
        spoken, heard = ((x != Label.SPEECH).astype(np.uint8) for x in (item.labels, told))
        yield _judged("pellucid, speech", item, spoken, heard, 2, ms)
        for detector in detectors:
            flags, ms = _timed(detector.detect, item)
            yield _judged(detector.name, item, spoken, (~flags).astype(np.uint8), 2, ms)


def keep(items: Iterable[Heard]) -> Iterator[Kept]:
    """What the denoiser makes of music, and of voices over noise, with each setting for music."""
    for item in items:
        made = {way: denoise(item.samples, RATE, music=way) for way in WAYS}
        scores = {way: si_sdr(item.clean, sound) for way, sound in made.items()}
        yield Kept(item.scene, item.name, scores)


def single_pushes(model: Path, sample_rate: int, count: int = 500) -> float:
    """Median ms of a push of 20 ms, as a call brings them, on noise."""
    stage, size = Classifier(model), sample_rate // 50
    noise = np.random.default_rng(0).normal(0, 0.05, (1, size)).astype(np.float32)
    taken = []
    for number in range(count):
        frame = AudioFrame(noise, sample_rate, number * size)
        start = time.process_time()
        stage.push(frame)
        taken.append(time.process_time() - start)
    return 1000 * float(np.median(taken))


def interval(values: Sequence[float], digits: int = 1) -> str:
    """A mean, never a minus zero, with its 95 % interval; each value is of another recording."""
    some = np.array(values)
    spread = Z_95 * some.std(ddof=1) / np.sqrt(some.size) if some.size > 1 else float("nan")
    return f"{some.mean():z.{digits}f} ± {spread:.{digits}f}"


def wrong_switches(truth: Labels, told: Labels) -> int:
    """Changes of the label that are not a true change to the same label within 0.3 s."""
    true_places = np.flatnonzero(np.diff(truth)) + 1
    wrong = 0
    for place in np.flatnonzero(np.diff(told)) + 1:
        same = true_places[truth[true_places] == told[place]]
        wrong += not (np.abs(same - place) <= NEAR).any()
    return wrong


def _timed(method: Callable[[Samples], Told], item: Heard) -> tuple[Told, float]:
    start = time.process_time()
    made = method(item.samples)
    return made, 1000 * (time.process_time() - start) / item.labels.size


def _judged(method: str, item: Heard, truth: Labels, told: Labels, kinds: int, ms: float) -> Judged:
    counts = np.bincount(truth * kinds + told, minlength=kinds**2).reshape(kinds, kinds)
    switches = wrong_switches(truth, told)
    seconds = item.samples.size / RATE
    return Judged(method, item.scene, item.name, counts.tolist(), switches, seconds, ms)
