"""Scenes to learn labels on: speech, music and noise alone, over each other, one after another.

Made of the powers of bands that are worked out once, 20 ms at a time, as the classifier hears them.
Equalisers, gains and telephone bands are a factor a band; two sounds add up with phases by chance,
which is what they have; codecs, rooms and other speeds need the samples, so each recording has
several versions of its own.
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
    OFFSET,
    Flags,
    Levels,
    Powers,
    active,
    level_db,
    power_of,
)
from pellucid.audio.bands import BANDS, BINS, gather
from pellucid.audio.hearing import bands_of
from pellucid.audio.labels import Label, Labels
from pellucid.audio.stft import BIN_HZ, HOPS_A_SECOND
from pellucid.errors import MediaError
from pellucid.frames import Samples
from pellucid.training.voice.coming import come_and_go, drift
from pellucid.training.voice.harm import BANDS_HZ, code, colour, telephone
from pellucid.training.voice.made_up.music import music
from pellucid.training.voice.made_up.noises import noise
from pellucid.training.voice.recipe import ClassifyRecipe
from pellucid.training.voice.rooms import convolve, room
from pellucid.training.voice.sounds import Sounds

Sizes = npt.NDArray[np.float32]

# What stands before what, and how often.
SCENES: dict[tuple[Label, Label | None], float] = {
    (Label.SPEECH, None): 0.14,
    (Label.MUSIC, None): 0.16,
    (Label.NOISE, None): 0.2,
    (Label.SPEECH, Label.NOISE): 0.22,
    (Label.SPEECH, Label.MUSIC): 0.18,
    (Label.MUSIC, Label.NOISE): 0.05,
    (Label.NOISE, Label.NOISE): 0.05,
}
MUSIC_SNR = (5.0, 25.0)  # dB of music over noise
TOGETHER = 0.25  # share of the music, and of the noise, that is two at once
BABBLE = 0.03  # share of the noise that is many voices
VOICES = (5, 9)  # of them
BACKWARDS = 0.2  # share of the noise
STEADY = 0.5  # share of the noise that comes and goes with one that stays below it
BELOW_DB = (0.0, 40.0)  # by so much
GAP = 0.3  # share of changes with silence between
GAP_SECONDS = (0.2, 1.0)
UNEVEN_DB = (-8.0, 8.0)  # a scene of the piece's level
NOTCHED, NOTCH = 0.3, (1, 16)  # share of pieces without some bands, and how many
STRONGER = 1.5  # an equaliser of so many times the dB of `colour`
MADE_UP = 500  # sounds of a kind
FLOOR_DB = (-95.0, -62.0)  # of full scale: the microphone's own noise
RATE = 16_000
MEMBERS = (gather() > 0).astype(np.float32)  # (BANDS, BINS)
WIDTHS = MEMBERS.sum(1)  # bins
HERTZ = MEMBERS @ np.arange(BINS) * np.float32(BIN_HZ) / WIDTHS
FRAMES_A_SECOND = HOPS_A_SECOND // FRAME


@dataclass(frozen=True, eq=False)
class Heard:
    """One sound: magnitudes float16 (n, BANDS), at a level of 1, and where it is active (n,)."""

    sizes: npt.NDArray[np.float16]
    active: Flags


Pool = Sequence[Sequence[Heard]]  # sounds, each in its versions


class Scenes:
    """Draws labelled pieces of a recipe from sounds at 16 kHz. Raises MediaError without a kind."""

    def __init__(self, sounds: Sounds, recipe: ClassifyRecipe) -> None:
        self._recipe, self._size = recipe, round(recipe.seconds * FRAMES_A_SECOND)
        pools = (sounds.speech, sounds.music, sounds.noise)
        self._pools: dict[Label, Pool] = {
            label: [_versions(recipe, label, *each) for each in enumerate(pool)]
            for label, pool in zip(MARGIN_DB, pools, strict=True)
        }
        for label, pool in self._pools.items():
            if not pool:
                raise MediaError(f"{label}: too few sound files to train on and to hold some out")
        self._made_up = _made_up(recipe)

    def batch(self, step: int) -> tuple[Powers, Labels]:
        """Powers of bands (T, batch, BANDS) and labels (T, batch) of a step; which frames are
        silent is for their level to tell, see `loudness`.
        """
        seeds = [[self._recipe.seed, step, item] for item in range(self._recipe.batch)]
        pieces = [self.piece(np.random.default_rng(seed)) for seed in seeds]
        power = np.stack([piece[0] for piece in pieces], axis=1)
        return power, np.stack([piece[1] for piece in pieces], axis=1)

    def piece(self, rng: np.random.Generator) -> tuple[Powers, Labels]:
        """Powers (T, BANDS) and labels (T,)."""
        recipe = self._recipe
        cuts = sorted(rng.integers(self._size, size=int(rng.choice(3, p=recipe.changes))))
        parts = [self._scene(rng, b - a) for a, b in pairwise([0, *cuts, self._size]) if b > a]
        power = np.concatenate([part[0] for part in parts])
        labels = np.concatenate([part[1] for part in parts])
        for cut in cuts:
            if rng.random() < GAP:
                power[cut : cut + int(FRAMES_A_SECOND * rng.uniform(*GAP_SECONDS))] = 0
        gain = np.full(BANDS, 10 ** (rng.uniform(*recipe.level) / 10), np.float32)
        if rng.random() < recipe.band:
            low, high = BANDS_HZ[rng.integers(len(BANDS_HZ))]
            gain *= np.square(telephone(HERTZ, low, high)).astype(np.float32)
        power *= gain
        if rng.random() < NOTCHED:
            low, wide = int(rng.integers(BANDS)), int(rng.integers(*NOTCH))
            power[:, low : low + wide] = 0
        floor = np.float32(FULL / BINS * 10 ** (rng.uniform(*FLOOR_DB) / 10))
        uneven = rng.standard_normal(power.shape, np.float32) / np.sqrt(FRAME * WIDTHS)
        power += floor * np.maximum(1 + uneven, np.float32(0.1))
        return power, labels

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
        """Magnitudes (size, BANDS) of one kind, with a colour of their own, and where it is."""
        if label == Label.NOISE and rng.random() < BABBLE:
            return self._babble(rng, size), np.ones(size, bool)
        sizes, where = self._cut(rng, label, size)
        if label != Label.SPEECH and rng.random() < TOGETHER:
            more, there = self._cut(rng, label, size)
            sizes, where = _sum(rng, sizes, more), where | there
        if label == Label.NOISE and rng.random() < self._recipe.comes:
            sizes = self._coming(rng, sizes)
        if rng.random() < self._recipe.drift:
            sizes *= drift(rng, size)[:, None]
        if rng.random() < self._recipe.equal:
            sizes *= (colour(rng, HERTZ) ** STRONGER).astype(np.float32)
        return sizes, where

    def _coming(self, rng: np.random.Generator, sizes: Sizes) -> Sizes:
        """The same noise, as if it came and went, perhaps before another that stays."""
        sizes = sizes * come_and_go(rng, len(sizes))[:, None]
        sizes /= np.sqrt(np.square(sizes).sum(1).mean() / np.float32(FULL)) + np.float32(1e-9)
        if rng.random() < STEADY:
            other, _ = self._cut(rng, Label.NOISE, len(sizes))
            sizes = _sum(rng, sizes, other * np.float32(10 ** (-rng.uniform(*BELOW_DB) / 20)))
        return sizes

    def _babble(self, rng: np.random.Generator, size: int) -> Sizes:
        """Magnitudes (size, BANDS) of many voices at once, at a level of 1: nobody's speech."""
        together: Sizes = np.zeros((size, BANDS), np.float32)
        count = int(rng.integers(*VOICES))
        for _ in range(count):
            voice, _ = self._cut(rng, Label.SPEECH, size)
            together = _sum(rng, together, voice * np.float32(rng.uniform(0.5, 1)))
        return together / np.float32(np.sqrt(count / 2))

    def _cut(self, rng: np.random.Generator, label: Label, size: int) -> tuple[Sizes, Flags]:
        """So many frames of one sound, or of several in a row where one is too short."""
        made_up_too = label in self._made_up and rng.random() < self._recipe.made_up
        pool = (self._made_up if made_up_too else self._pools)[label]
        chosen = [_drawn(rng, pool)]
        while sum(len(each.active) for each in chosen) < size:
            chosen.append(_drawn(rng, pool))
        sizes = np.concatenate([each.sizes for each in chosen])
        where = np.concatenate([each.active for each in chosen])
        start = int(rng.integers(len(where) - size + 1))
        cut: Sizes = sizes[start : start + size].astype(np.float32)
        if label == Label.NOISE and rng.random() < BACKWARDS:
            cut = cut[::-1].copy()
        return cut, where[start : start + size]


def loudness(power: Powers) -> Levels:
    """Powers of bands (..., BANDS) to dB of full scale, as `level_db` of all bins."""
    whole = (power * WIDTHS)[..., OFFSET:].sum(-1)
    level: Levels = 10 * np.log10(whole / np.float32(FULL) + np.float32(1e-12))
    return level


def _sum(rng: np.random.Generator, one: Sizes, other: Sizes) -> Sizes:
    """Magnitudes (..., BANDS) of two sounds together, at random phases: the wider a band, the less
    they matter.
    """
    phase = np.cos(np.float32(2 * np.pi) * rng.random(one.shape, np.float32))
    cross = 2 * one * other * phase / np.sqrt(FRAME * WIDTHS)
    made: Sizes = np.sqrt(np.maximum(np.square(one) + np.square(other) + cross, 0))
    return made


def _drawn(rng: np.random.Generator, pool: Pool) -> Heard:
    versions = pool[int(rng.integers(len(pool)))]
    return versions[int(rng.integers(len(versions)))]


def _versions(
    recipe: ClassifyRecipe, label: Label, number: int, samples: Samples
) -> Sequence[Heard]:
    """A recording as it is, and changed in so many ways as the recipe says."""
    made = [_heard(samples, label)]
    for version in range(1, recipe.versions):
        rng = np.random.default_rng([recipe.seed, label, number, version])
        made.append(_heard(_changed(rng, recipe, samples), label))
    return made


def _changed(rng: np.random.Generator, recipe: ClassifyRecipe, samples: Samples) -> Samples:
    """At another speed and so at another pitch; perhaps in a room, perhaps through a codec."""
    speed = np.exp(rng.uniform(*np.log(recipe.speed)))
    changed: Samples = soxr.resample(samples, speed, 1.0).astype(np.float32)
    if rng.random() < recipe.room:
        changed = convolve(changed, room(rng, RATE)[0])
    if rng.random() < recipe.codec:
        changed = code(rng, changed * np.float32(0.1 / _rms(changed)), changed, RATE)[0]
    return changed


def _made_up(recipe: ClassifyRecipe) -> dict[Label, Pool]:
    """Music and noises of no recording, some in a room; none where no share is asked for."""
    pools: dict[Label, Pool] = {}
    for label, make in ((Label.MUSIC, music), (Label.NOISE, noise)):
        rngs = [np.random.default_rng([recipe.seed, label, n]) for n in range(MADE_UP)]
        if recipe.made_up:
            pools[label] = [[_heard(_placed(rng, recipe, make(rng)), label)] for rng in rngs]
    return pools


def _placed(rng: np.random.Generator, recipe: ClassifyRecipe, samples: Samples) -> Samples:
    return convolve(samples, room(rng, RATE)[0]) if rng.random() < recipe.room else samples


def _rms(samples: Samples) -> float:
    return max(float(np.sqrt(np.square(samples).mean())), 1e-6)


def _heard(samples: Samples, label: Label) -> Heard:
    power = power_of(samples, RATE)
    power = power[: len(power) // FRAME * FRAME]
    where, bands = active(level_db(power), label), bands_of(power)
    gain = np.sqrt(FULL / max(float(bands[where].sum(1).mean()), 1e-9))
    return Heard((np.sqrt(bands) * gain).astype(np.float16), where)
