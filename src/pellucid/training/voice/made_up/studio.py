"""What a studio does to a layer or to a whole piece."""

from __future__ import annotations

import numpy as np

from pellucid.training.voice.made_up.waves import (
    RATE,
    SIZE,
    STEPS,
    TIME,
    Rng,
    Wave,
    at_one,
    filtered,
    log_uniform,
    rms,
)

DRIVE = (-1.0, 3.0)  # nepers
ECHOES = 6


def moved(rng: Rng, wave: Wave) -> Wave:
    """Through a filter that goes to and fro."""
    phase = 2 * np.pi * log_uniform(rng, 0.1, 6) * TIME + rng.uniform(0, 6)
    share = (1 + np.sin(phase)) / 2
    return filtered(rng, wave) * share + filtered(rng, wave) * (1 - share)


def driven(rng: Rng, wave: Wave) -> Wave:
    """Louder than an amplifier can follow."""
    return np.asarray(np.tanh(at_one(wave) * np.exp(rng.uniform(*DRIVE))))


def squeezed(rng: Rng, wave: Wave) -> Wave:
    """More alike in level, as a compressor makes it."""
    size = int(log_uniform(rng, 0.01, 0.3) * RATE)
    total = np.cumsum(np.pad(np.square(wave), (size // 2 + 1, size - size // 2 - 1)))
    power = np.maximum(total[size:] - total[:-size], 0) / size
    least = 1e-3 * np.square(rms(wave))
    return np.asarray(wave * (power + least) ** -rng.uniform(0.1, 0.45))


def gated(rng: Rng, wave: Wave, beat: float) -> Wave:
    """Switched off and on in a pattern of sixteen steps."""
    step, pattern = beat / rng.choice([2, 4, 4]), rng.random(STEPS) < rng.uniform(0.4, 0.8)
    place = (TIME / step).astype(int) % STEPS
    edge = np.hanning(int(log_uniform(rng, 0.004, 0.05) * RATE) + 2)
    return np.asarray(wave * np.convolve(pattern[place], edge / edge.sum(), "same"))


def echoed(rng: Rng, wave: Wave, beat: float) -> Wave:
    """Said again and again, each time softer, on the beat."""
    late, share = int(beat * rng.choice([0.25, 0.5, 0.75, 1]) * RATE), rng.uniform(0.2, 0.75)
    made = wave.copy()
    for number in range(1, ECHOES):
        made[number * late :] += share**number * wave[: max(SIZE - number * late, 0)]
    return made


def cut_short(rng: Rng, wave: Wave, beat: float) -> Wave:
    """There for some bars only."""
    bars = max(int(SIZE / RATE / beat / 4), 2)
    start, end = sorted(rng.choice(bars + 1, 2, replace=False))
    bar = np.minimum(TIME / beat / 4, bars - 1)
    return np.asarray(wave * ((bar >= start) & (bar < end)))
