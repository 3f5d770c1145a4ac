"""Voices made up for tests: syllables of harmonics with a pitch that moves, and hisses."""

from __future__ import annotations

import numpy as np

from pellucid.frames import Samples

SYLLABLE = 0.18  # seconds
FORMANTS = ((700, 1200, 2600), (300, 2300, 3000), (500, 900, 2400), (400, 1900, 2600))


def speech(rate: int, seconds: float, seed: int = 0) -> Samples:
    """float32 (T,), a root mean square near 0.05: vowels, hisses and pauses in turn."""
    rng = np.random.default_rng(seed)
    pieces, size = [], round(SYLLABLE * rate)
    while sum(piece.size for piece in pieces) < seconds * rate:
        pieces.append(_vowel(rng, rate, size))
        pieces.append(_hiss(rng, rate, size // 2))
        pieces.append(np.zeros(int(rng.uniform(0, 0.5) * size)))
    voice = np.concatenate(pieces)[: round(seconds * rate)]
    return (0.05 * voice / np.sqrt(np.square(voice).mean())).astype(np.float32)


def _vowel(rng: np.random.Generator, rate: int, size: int) -> np.ndarray:
    pitch = rng.uniform(100, 220) * (1 + 0.1 * np.linspace(0, rng.uniform(-1, 1), size))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    tone = np.zeros(size)
    for number in range(1, int(rate / 2 / 230)):
        hertz = number * pitch.mean()
        near = [np.exp(-(((hertz - f) / (80 + 0.06 * f)) ** 2)) for f in _formants(rng)]
        tone += (0.02 + max(near)) / number**0.3 * np.sin(number * phase)
    return tone * np.hanning(size)


def _formants(rng: np.random.Generator) -> tuple[int, ...]:
    return FORMANTS[int(rng.integers(len(FORMANTS)))]


def _hiss(rng: np.random.Generator, rate: int, size: int) -> np.ndarray:
    spectrum = np.fft.rfft(rng.normal(size=size))
    hertz = np.fft.rfftfreq(size, 1 / rate)
    return 4 * np.fft.irfft(spectrum * (hertz > 3500), size) * np.hanning(size)
