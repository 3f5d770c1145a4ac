"""Scenes to learn labels on: speech, music and noise alone, over each other, one after another.

Made of spectra that are worked out once. Equalisers, gains and bands are a factor a bin; two
sounds add up with phases by chance, which is what they have; codecs, rooms and other speeds need
the samples, so each recording has several versions of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import soxr

from pellucid.audio.activity import (
    FRAME,
    FULL,
    MARGIN_DB,
    Flags,
    Powers,
    active,
    level_db,
    power_of,
)
from pellucid.audio.bands import BINS
from pellucid.audio.labels import Label, Labels
from pellucid.audio.stft import BIN_HZ, HOPS_A_SECOND
from pellucid.errors import MediaError
from pellucid.frames import Samples
from pellucid.training.voice.harm import BANDS_HZ, code, colour, telephone
from pellucid.training.voice.recipe import ClassifyRecipe
from pellucid.training.voice.rooms import convolve, room
from pellucid.training.voice.sounds import Sounds

Sizes = npt.NDArray[np.float32]

# What stands before what, and how often.
SCENES: dict[tuple[Label, Label | None], float] = {
    (Label.SPEECH, None): 0.12,
    (Label.MUSIC, None): 0.20,
    (Label.NOISE, None): 0.22,
    (Label.SPEECH, Label.NOISE): 0.17,
    (Label.SPEECH, Label.MUSIC): 0.17,
    (Label.MUSIC, Label.NOISE): 0.07,
    (Label.NOISE, Label.NOISE): 0.05,
}
MUSIC_SNR = (5.0, 25.0)  # dB of music over noise
TOGETHER = 0.25  # share of the music, and of the noise, that is two at once
BABBLE = 0.03  # share of the noise that is many voices
VOICES = (5, 9)  # of them
GAP = 0.3  # share of changes with silence between
GAP_SECONDS = (0.2, 1.0)
UNEVEN_DB = (-8.0, 8.0)  # a scene of the piece's level
FLOOR_DB = (-95.0, -62.0)  # of full scale: the microphone's own noise
RATE = 16_000
HERTZ = np.arange(BINS) * BIN_HZ


@dataclass(frozen=True, eq=False)
class Heard:
    """One recording: magnitudes float16 (n, bins), at a level of 1, and where it is active (n,)."""

    sizes: npt.NDArray[np.float16]
    active: Flags


class Scenes:
    """Draws labelled pieces of a recipe from sounds at 16 kHz. Raises MediaError without a kind."""

    def __init__(self, sounds: Sounds, recipe: ClassifyRecipe) -> None:
        self._recipe, self._size = recipe, FRAME * round(recipe.seconds * HOPS_A_SECOND / FRAME)
        pools = (sounds.speech, sounds.music, sounds.noise)
        self._pools = {
            label: _versions(recipe, label, pool)
            for label, pool in zip(MARGIN_DB, pools, strict=True)
        }
        for label, pool in self._pools.items():
            if not pool:
                raise MediaError(f"{label}: too few sound files to train on and to hold some out")

    def batch(self, step: int) -> tuple[Powers, Labels]:
        """Powers (2 T, batch, bins), hop by hop, and labels (T, batch), frame by frame, of a step;
        which frames are silent is for their level to tell.
        """
        seeds = [[self._recipe.seed, step, item] for item in range(self._recipe.batch)]
        pieces = [self.piece(np.random.default_rng(seed)) for seed in seeds]
        power = np.stack([piece[0] for piece in pieces], axis=1)
        return power, np.stack([piece[1] for piece in pieces], axis=1)

    def piece(self, rng: np.random.Generator) -> tuple[Powers, Labels]:
        """Powers (2 T, bins) and labels (T,)."""
        recipe = self._recipe
        cuts = sorted(rng.integers(self._size, size=int(rng.choice(3, p=recipe.changes))))
        parts = [self._scene(rng, b - a) for a, b in pairwise([0, *cuts, self._size]) if b > a]
        power = np.concatenate([part[0] for part in parts])
        labels = np.concatenate([part[1] for part in parts])
        for cut in cuts:
            if rng.random() < GAP:
                power[cut : cut + int(HOPS_A_SECOND * rng.uniform(*GAP_SECONDS))] = 0
        gain = np.full(HERTZ.size, 10 ** (rng.uniform(*recipe.level) / 10), np.float32)
        if rng.random() < recipe.band:
            low, high = BANDS_HZ[rng.integers(len(BANDS_HZ))]
            gain *= np.square(telephone(HERTZ, low, high)).astype(np.float32)
        power *= gain
        floor = FULL / HERTZ.size * 10 ** (rng.uniform(*FLOOR_DB) / 10)
        power += np.float32(floor) * rng.standard_exponential(power.shape, np.float32)
        return power, labels[1::FRAME]

    def _scene(self, rng: np.random.Generator, size: int) -> tuple[Powers, Labels]:
        kinds = list(SCENES)
        before, behind = kinds[int(rng.choice(len(kinds), p=list(SCENES.values())))]
        front, where = self._sound(rng, before, size)
        labels = np.where(where, before, Label.NOISE).astype(np.uint8)
        if behind is not None:
            back, there = self._sound(rng, behind, size)
            span = {Label.MUSIC: self._recipe.over, Label.NOISE: self._recipe.snr}[behind]
            snr = rng.uniform(*(MUSIC_SNR if before == Label.MUSIC else span))
            front = _sum(rng, front, back * np.float32(10 ** (-snr / 20)))
            labels = np.where(where, labels, np.where(there, behind, Label.NOISE))
        power = np.square(front) * np.float32(10 ** (rng.uniform(*UNEVEN_DB) / 10))
        return power, labels.astype(np.uint8)

    def _sound(self, rng: np.random.Generator, label: Label, size: int) -> tuple[Sizes, Flags]:
        """Magnitudes (size, bins) of one kind, with a colour of their own, and where it is."""
        if label == Label.NOISE and rng.random() < BABBLE:
            return self._babble(rng, size), np.ones(size, bool)
        sizes, where = _cut(rng, self._pools[label], size)
        if label != Label.SPEECH and rng.random() < TOGETHER:
            more, there = _cut(rng, self._pools[label], size)
            sizes, where = _sum(rng, sizes, more), where | there
        if rng.random() < self._recipe.equal:
            sizes *= colour(rng, HERTZ).astype(np.float32)
        return sizes, where

    def _babble(self, rng: np.random.Generator, size: int) -> Sizes:
        """Magnitudes (size, bins) of many voices at once, at a level of 1: nobody's speech."""
        together: Sizes = np.zeros((size, HERTZ.size), np.float32)
        count = int(rng.integers(*VOICES))
        for _ in range(count):
            voice, _ = _cut(rng, self._pools[Label.SPEECH], size)
            together = _sum(rng, together, voice * np.float32(rng.uniform(0.5, 1)))
        return together / np.float32(np.sqrt(count / 2))


def _sum(rng: np.random.Generator, one: Sizes, other: Sizes) -> Sizes:
    """Magnitudes of two sounds together, at random phases."""
    phase = np.cos(np.float32(2 * np.pi) * rng.random(one.shape, np.float32))
    power = np.square(one) + np.square(other) + 2 * one * other * phase
    made: Sizes = np.sqrt(np.maximum(power, 0))
    return made


def _cut(rng: np.random.Generator, pool: Sequence[Heard], size: int) -> tuple[Sizes, Flags]:
    """So many hops of one recording, or of several in a row where one is too short."""
    chosen = [pool[int(rng.integers(len(pool)))]]
    while sum(len(each.active) for each in chosen) < size:
        chosen.append(pool[int(rng.integers(len(pool)))])
    sizes = np.concatenate([each.sizes for each in chosen])
    where = np.concatenate([each.active for each in chosen])
    start = int(rng.integers(len(where) - size + 1))
    cut: Sizes = sizes[start : start + size].astype(np.float32)
    return cut, where[start : start + size]


def _versions(recipe: ClassifyRecipe, label: Label, pool: Sequence[Samples]) -> list[Heard]:
    """Each recording as it is, and changed in so many ways as the recipe says."""
    made = []
    for number, samples in enumerate(pool):
        made.append(_heard(samples, label))
        for version in range(1, recipe.versions):
            rng = np.random.default_rng([recipe.seed, label, number, version])
            made.append(_heard(_changed(rng, recipe, samples), label))
    return made


def _changed(rng: np.random.Generator, recipe: ClassifyRecipe, samples: Samples) -> Samples:
    """At another speed and so at another pitch; perhaps in a room, perhaps through a codec."""
    speed = rng.uniform(*recipe.speed)
    changed: Samples = soxr.resample(samples, speed, 1.0).astype(np.float32)
    if rng.random() < recipe.room:
        changed = convolve(changed, room(rng, RATE)[0])
    if rng.random() < recipe.codec:
        changed = code(rng, changed * np.float32(0.1 / _rms(changed)), changed, RATE)[0]
    return changed


def _rms(samples: Samples) -> float:
    return max(float(np.sqrt(np.square(samples).mean())), 1e-6)


def _heard(samples: Samples, label: Label) -> Heard:
    power = power_of(samples, RATE)
    frames = active(level_db(power[: len(power) // FRAME * FRAME]), label)
    where = np.append(np.repeat(frames, FRAME), frames[-1:])[: len(power)]
    gain = np.sqrt(FULL / max(float(power[where].sum(1).mean()), 1e-9))
    return Heard((np.sqrt(power) * gain).astype(np.float16), where)
