"""Rooms made up: the direct sound, then noise that dies away. Source: Polack 1988."""

from __future__ import annotations

import numpy as np

from pellucid.frames import Samples

REVERBERATION = (0.1, 0.7)  # seconds to -60 dB
GAP = 0.002  # seconds from the direct sound to the first reflection
EARLY = 0.03  # seconds of reflections that belong to the voice
LEVEL = (0.05, 0.6)  # of the reflections' energy, the direct sound's being 1


def room(rng: np.random.Generator, sample_rate: int) -> tuple[Samples, Samples]:
    """An impulse response, and the same up to `EARLY`, float32 (T,)."""
    seconds = rng.uniform(*REVERBERATION)
    size = int(seconds * sample_rate)
    response = rng.normal(size=size) * 10 ** (-3 * np.arange(size) / size)
    response[: int(GAP * sample_rate)] = 0
    response *= np.sqrt(rng.uniform(*LEVEL) ** 2 / np.square(response).sum())
    response[0] = 1
    early = response.copy()
    early[int(EARLY * sample_rate) :] = 0
    return response.astype(np.float32), early.astype(np.float32)


def convolve(samples: Samples, response: Samples) -> Samples:
    """Of the length of `samples` (T,), from the start."""
    size = 1 << (samples.size + response.size - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: samples.size].astype(np.float32)
