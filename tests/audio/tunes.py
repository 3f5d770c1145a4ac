"""Music made up for tests: plucked chords over a bass, by the beat."""

from __future__ import annotations

import numpy as np

from pellucid.frames import Samples

BEAT = 0.25  # seconds
CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))  # semitones: I, IV, V, I
A3 = 220.0  # Hz


def tune(rate: int, seconds: float, seed: int = 0) -> Samples:
    """float32 (T,), a root mean square near 0.05."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * rate) + rate)
    for beat in range(int(seconds / BEAT)):
        chord = CHORDS[beat // 4 % len(CHORDS)]
        notes = [*chord, chord[int(rng.integers(3))] + 12, chord[0] - 12]
        start = round(beat * BEAT * rate)
        for note in notes[: 3 if beat % 2 else 5]:
            sound[start : start + rate] += _string(rate, A3 * 2 ** (note / 12))
    sound = sound[: round(seconds * rate)]
    return (0.05 * sound / np.sqrt(np.square(sound).mean())).astype(np.float32)


def _string(rate: int, hertz: float) -> np.ndarray:
    """A second of a plucked string: harmonics that die away, the higher the sooner."""
    t = np.arange(rate) / rate
    tones = [
        np.sin(2 * np.pi * k * hertz * t) * np.exp(-(2 + k) * t) / k
        for k in range(1, 12)
        if k * hertz < rate / 2
    ]
    return np.sum(tones, axis=0)


def tone(rate: int, seconds: float, hertz: float) -> Samples:
    """float32 (T,): three harmonics."""
    t = np.arange(round(seconds * rate)) / rate
    return (0.2 * sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3))).astype(np.float32)
