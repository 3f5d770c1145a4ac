"""What the classifier is measured on: recordings alone and over each other, and what is true of
each 20 ms of them.

A frame's truth comes from the recordings before they are mixed, by `audio.activity`:
  silence  the mixture is below -60 dB of full scale for 0.2 s or more
  speech   the voice is active: within 30 dB of its own loud frames (the 95th percentile of their
           levels) and a third of the way to them from its quiet ones (the 5th), in dB; gaps below
           0.2 s included
  music    no speech, and the music is active, within 50 dB
  noise    all else: noises, and what is heard of a room in a voice's pauses
No frame is left out, those where the truth changes neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.audio.activity import FRAME, Flags, active, level_db, power_of, silent
from pellucid.audio.files import read_sound
from pellucid.audio.labels import Label, Labels
from pellucid.audio.stft import hop_of
from pellucid.bench.voice_items import sounds_of
from pellucid.frames import Samples

RATE = 16_000
SNRS = (0, 5, 10)  # dB, of speech over noise
OVER = (0, 10)  # dB, of speech over music
LEVEL = 0.05  # root mean square of the active frames, full scale being 1
LONGEST = 20  # seconds
FOLDERS = {Label.SPEECH: "speech", Label.MUSIC: "music", Label.NOISE: "noise"}


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound, float32 (T,) at `RATE`, and the labels of its frames, (T // 320,).

    clean: what of it is in front, speech or music.
    """

    scene: str
    name: str
    samples: Samples
    labels: Labels
    clean: Samples


@dataclass(frozen=True, eq=False)
class _Recording:
    name: str
    label: Label
    samples: Samples
    active: Flags


def items(speech: Path, music: Path, noise: Path, count: int | None) -> Iterator[Heard]:
    """Every recording alone, at most `count` of a kind, and each voice over noises and music.

    Raises MediaError for a folder without sound.
    """
    folders = zip(FOLDERS, (speech, music, noise), strict=True)
    pools = {label: _load(folder, label, count) for label, folder in folders}
    for label, pool in pools.items():
        for one in pool:
            yield _heard(FOLDERS[label], one)
    voices = pools[Label.SPEECH]
    for behind, ratios in ((Label.NOISE, SNRS), (Label.MUSIC, OVER)):
        others = _shuffled(pools[behind])
        for place, snr in enumerate(ratios):
            for number, voice in enumerate(voices):
                other = others[(number + place * len(voices)) % len(others)]
                yield _heard(f"speech {snr} dB over {FOLDERS[behind]}", voice, other, snr)


def _load(folder: Path, label: Label, count: int | None) -> list[_Recording]:
    """Recordings below a folder, spread over it, at one level."""
    paths = sounds_of(folder)
    chosen = paths if count is None else paths[:: -(-len(paths) // count)]
    return [_recording(path, label) for path in chosen]


def _recording(path: Path, label: Label) -> _Recording:
    size = FRAME * hop_of(RATE)
    samples = read_sound(path, RATE)[0, : LONGEST * RATE]
    samples = samples[: samples.size // size * size]
    where = active(level_db(power_of(samples, RATE)), label)
    level = np.sqrt(np.square(samples.reshape(-1, size)[where]).mean())
    return _Recording(path.stem, label, samples * np.float32(LEVEL / max(level, 1e-6)), where)


def _heard(
    scene: str, front: _Recording, behind: _Recording | None = None, snr: float = 0
) -> Heard:
    labels = np.where(front.active, front.label, Label.NOISE)
    mixture = front.samples
    if behind is not None:
        gain = np.float32(10 ** (-snr / 20))
        mixture = mixture + gain * np.resize(behind.samples, mixture.size)
        there = np.resize(behind.active, labels.size)
        labels = np.where(front.active | ~there, labels, behind.label)
    mixture = np.clip(mixture, -1, 1)
    labels = np.where(silent(level_db(power_of(mixture, RATE))), Label.SILENCE, labels)
    name = f"{front.name} | {behind.name}" if behind else front.name
    return Heard(scene, name, mixture, labels.astype(np.uint8), front.samples)


def _shuffled(pool: Sequence[_Recording]) -> list[_Recording]:
    return [pool[place] for place in np.random.default_rng(1).permutation(len(pool))]
