"""Notes: scales, timbres, single tones, and many players on one."""

from __future__ import annotations

import numpy as np

from pellucid.training.voice.made_up.waves import RATE, SECONDS, Rng, Wave, at_one

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
HARMONICS = 12

Scale = tuple[int, ...]  # semitones of an octave


def pitch(key: float, scale: Scale, place: int) -> float:
    """In hertz, of a place in the scale above a key in hertz."""
    octave, step = divmod(place, len(scale))
    return float(key * 2 ** (octave + scale[step] / 12))


def timbre(rng: Rng) -> Wave:
    """Sizes of the harmonics."""
    sizes = np.arange(1, HARMONICS + 1) ** -rng.uniform(0.3, 2.5) * rng.uniform(0.2, 1, HARMONICS)
    if rng.random() < 0.3:
        sizes[1::2] *= 0.1
    return sizes


def note(rng: Rng, hertz: float, seconds: float, sizes: Wave, fall: float) -> Wave:
    """A tone with a soft start and end, dying away by e `fall` times a second."""
    time = np.arange(int(min(seconds, SECONDS) * RATE)) / RATE
    wave = rng.choice([0.0, 0.004]) * np.sin(2 * np.pi * rng.uniform(4, 7) * time)
    phase = 2 * np.pi * hertz * (time + wave / (2 * np.pi * 5))
    count = min(HARMONICS, int(RATE / 2 / hertz))
    made = sum(
        size * np.sin(k * phase + rng.uniform(0, 6)) for k, size in enumerate(sizes[:count], 1)
    )
    rise = np.minimum(1, np.minimum(time, time[-1] - time) / rng.uniform(0.005, 0.04))
    return np.asarray(made * rise * np.exp(-fall * time) * rng.uniform(0.6, 1))


def ensemble(rng: Rng, pitches: list[float], seconds: float, sizes: Wave, wide: float) -> Wave:
    """Many players on each pitch: every harmonic is a band of noise, `wide` hertz times its number,
    as they are out of tune. At a root mean square of 1, with a soft start and end.
    """
    size = int(seconds * RATE)
    spectrum, fine = np.zeros(size // 2 + 1, complex), RATE / size
    for hertz in pitches:
        for k, strength in enumerate(sizes[: int((RATE / 2 - 100) / hertz)], 1):
            middle, reach = k * hertz / fine, max(wide * k / fine / 2, 0.7)
            near = slice(max(int(middle - 3 * reach), 0), int(middle + 3 * reach) + 2)
            bins = np.arange(spectrum.size)[near]
            shape = strength / np.sqrt(reach) * np.exp(-np.square((bins - middle) / reach))
            spectrum[near] += shape * np.exp(2j * np.pi * rng.random(bins.size))
    time, soft = np.arange(size) / RATE, rng.uniform(0.05, 0.6)
    edges = np.minimum(1, np.minimum(time, seconds - time) / soft)
    return np.asarray(at_one(np.fft.irfft(spectrum, size)) * edges)
