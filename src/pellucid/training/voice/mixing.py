"""Mixtures of speech and noise, drawn anew each step; the same step draws the same again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
import torch
from torch import Tensor

from pellucid.audio.arrays import fitted
from pellucid.audio.stft import hop_of
from pellucid.frames import Samples
from pellucid.training.voice.harm import Pair, clip, code, drop, equalise, narrow
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.rooms import convolve, room
from pellucid.training.voice.sounds import Sounds

LEAST = 1e-4  # root mean square: what is lower counts as silence
SECOND_NOISE = 0.3  # share of the mixtures with two noises
SECOND_LEVEL = (0.2, 1.0)  # of the second, the first being 1
SPEED = (0.88, 1.14)  # of a sound, as on a tape: other pitches, other throats
PEAK = 0.98


class Mixer:
    """Draws mixtures of a recipe from sounds."""

    def __init__(self, sounds: Sounds, recipe: DenoiseRecipe) -> None:
        self._sounds, self._recipe = sounds, recipe
        hop = hop_of(sounds.sample_rate)
        self._size = round(recipe.seconds * sounds.sample_rate / hop) * hop

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Mixtures and clean voices of a step, both float32 (batch, L)."""
        seeds = [[self._recipe.seed, step, item] for item in range(self._recipe.batch)]
        pairs = [self.pair(np.random.default_rng(seed)) for seed in seeds]
        mixed, clean = (np.stack([pair[side] for pair in pairs]) for side in (0, 1))
        return torch.from_numpy(mixed), torch.from_numpy(clean)

    def pair(self, rng: np.random.Generator) -> Pair:
        """One mixture and its clean voice, float32 (L,)."""
        voice, clean = self._voice(rng)
        noise = self._noise(rng) * 10 ** (-rng.uniform(*self._recipe.snr) / 20)
        kind = rng.random()
        if kind < self._recipe.silent:
            voice, clean = 0 * voice, 0 * clean
        elif kind < self._recipe.silent + self._recipe.clean:
            noise = 0 * noise
        mixed, clean = self._harm(rng, voice + noise, clean)
        return mixed.astype(np.float32), clean.astype(np.float32)

    def _voice(self, rng: np.random.Generator) -> Pair:
        """What the microphone hears of a voice, and what of that should stay."""
        voice = _even(self._piece(rng, self._sounds.speech))
        if rng.random() < self._recipe.equal:
            voice = equalise(rng, voice, self._sounds.sample_rate)
        if rng.random() >= self._recipe.room:
            return voice, voice
        response, early = room(rng, self._sounds.sample_rate)
        return convolve(voice, response), convolve(voice, early)

    def _noise(self, rng: np.random.Generator) -> Samples:
        music = bool(self._sounds.music) and rng.random() < self._recipe.music
        noise = _even(self._piece(rng, self._sounds.music if music else self._sounds.noise))
        if rng.random() < SECOND_NOISE:
            second = _even(self._piece(rng, self._sounds.noise))
            noise = noise + second * np.float32(rng.uniform(*SECOND_LEVEL))
        if rng.random() < self._recipe.equal:
            noise = equalise(rng, noise, self._sounds.sample_rate)
        return _even(noise)

    def _piece(self, rng: np.random.Generator, pool: Sequence[Samples]) -> Samples:
        """At another speed."""
        speed = float(rng.uniform(*SPEED))
        sound = piece(rng, pool, round(self._size * speed))
        return fitted(soxr.resample(sound, speed, 1.0), self._size)

    def _harm(self, rng: np.random.Generator, mixed: Samples, clean: Samples) -> Pair:
        recipe, rate = self._recipe, self._sounds.sample_rate
        mixed, clean = leveled(mixed, clean, 10 ** (rng.uniform(*recipe.level) / 20))
        ways = ((narrow, recipe.band), (code, recipe.codec), (clip, recipe.clip))
        for way, share in (*ways, (drop, recipe.drop)):
            if rng.random() < share:
                mixed, clean = way(rng, mixed, clean, rate)
        return mixed, clean


def piece(rng: np.random.Generator, pool: Sequence[Samples], size: int) -> Samples:
    """`size` samples of one sound, or of several in a row where one is too short."""
    sound = pool[int(rng.integers(len(pool)))]
    while sound.size < size:
        sound = np.concatenate([sound, pool[int(rng.integers(len(pool)))]])
    start = int(rng.integers(sound.size - size + 1))
    return sound[start : start + size]


def _even(samples: Samples) -> Samples:
    """At a root mean square of 1; silence stays silence."""
    level = float(np.sqrt(np.square(samples).mean()))
    return (samples / max(level, LEAST)).astype(np.float32)


def leveled(mixed: Samples, clean: Samples, level: float) -> Pair:
    """Both by one gain: the mixture at `level`, lower where it would clip."""
    size = float(np.sqrt(np.square(mixed).mean()))
    gain = min(level / max(size, LEAST), PEAK / max(float(np.abs(mixed).max()), LEAST))
    return mixed * np.float32(gain), clean * np.float32(gain)
