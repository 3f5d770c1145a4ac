"""Noises: hiss, ticks, crackles, rotors, engines, wind, calls; each before a noise that stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pellucid.frames import Samples
from pellucid.training.voice.made_up.waves import (
    RATE,
    SECONDS,
    SIZE,
    Rng,
    Wave,
    add,
    at_one,
    burst,
    coloured,
    filtered,
    levelled,
    log_uniform,
    slow,
    sweep,
)


def noise(rng: Rng) -> Samples:
    """float32 (SIZE,), of a root mean square of 0.1."""
    made = KINDS[rng.integers(len(KINDS))](rng)
    return levelled(at_one(made) + coloured(rng) * 10 ** (rng.uniform(-50, -5) / 20))


def _hiss(rng: Rng) -> Wave:
    """Noise that stays: white, or of any colour; some of it slowly louder and softer."""
    made = rng.normal(size=SIZE)
    made = made if rng.random() < 0.3 else filtered(rng, made)
    return np.asarray(made * np.exp(rng.choice([0.0, 0.0, 0.3, 1.0]) * slow(rng)))


def _ticks(rng: Rng) -> Wave:
    """One or two sounds of something struck, on a clock's beat or at random."""
    made, rate = np.zeros(SIZE), log_uniform(rng, 0.8, 40)
    struck = [_struck(rng) for _ in range(int(rng.integers(1, 4)))]
    regular = rng.random() < 0.5 and rate < 12
    start, number = rng.uniform(0, 1 / rate), 0
    while start < SECONDS:
        sound = struck[number % len(struck)]
        loud = 1.0 if regular else float(np.exp(rng.normal(0, 0.8)))
        add(made, start, loud * sound)
        start += 1 / rate if regular else float(rng.exponential(1 / rate))
        number += 1
    return made


def _struck(rng: Rng) -> Wave:
    """Noise and a few resonances that die away."""
    fall = log_uniform(rng, 15, 800)
    made = rng.uniform(0, 1) * burst(rng, 0.3, fall * rng.uniform(1, 4))
    for _ in range(int(rng.integers(1, 5))):
        hertz = log_uniform(rng, 200, 7000)
        made += rng.uniform(0.2, 1) * sweep(hertz, hertz, 0.3, fall * rng.uniform(0.5, 2))
    return made


def _rotor(rng: Rng) -> Wave:
    """Noise that swells some times a second: blades, purring, steps, wipers."""
    rate = log_uniform(rng, 1, 35)
    phase = 2 * np.pi * np.cumsum(rate * (1 + 0.1 * slow(rng))) / RATE
    return coloured(rng) * (0.02 + ((1 + np.cos(phase)) / 2) ** rng.uniform(0.5, 8))


def _engine(rng: Rng) -> Wave:
    """Harmonics of a rate of explosions that wanders, each a little different."""
    hertz = log_uniform(rng, 20, 150)
    phase = 2 * np.pi * np.cumsum(hertz * (1 + rng.uniform(0.01, 0.2) * slow(rng))) / RATE
    pulses = ((1 + np.cos(phase)) / 2) ** rng.uniform(2, 30)
    rough = 1 + rng.uniform(0, 1) * coloured(rng)
    return filtered(rng, pulses * rough)


def _wind(rng: Rng) -> Wave:
    """Noise around a frequency that wanders, now strong, now weak."""
    hertz = np.exp(rng.uniform(np.log(100), np.log(2000)) + 0.5 * slow(rng))
    width, size = rng.uniform(20, 300), SIZE // 20 + 2
    walk = [rng.normal(size=size) for _ in range(2)]
    smooth = [np.convolve(x, np.hanning(max(int(800 / width), 3)), "same") for x in walk]
    at = np.linspace(0, size - 1, SIZE)
    parts = [np.interp(at, np.arange(size), x / x.std()) for x in smooth]
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    made: Wave = (parts[0] * np.cos(phase) + parts[1] * np.sin(phase)) * np.exp(slow(rng))
    return made


def _calls(rng: Rng) -> Wave:
    """Short tones that glide, alone or in rows: birds, barks, bubbles, squeaks."""
    made, start = np.zeros(SIZE), rng.uniform(0, 1)
    middle = log_uniform(rng, 300, 5000)
    harmonics, long = int(rng.integers(1, 6)), log_uniform(rng, 0.02, 0.5)
    while start < SECONDS:
        for _ in range(int(rng.integers(1, 8))):
            one, other = middle * 2 ** rng.uniform(-0.6, 0.6, 2)
            seconds = long * rng.uniform(0.6, 1.5)
            for k in range(1, harmonics + 1):
                if k * max(one, other) < RATE / 2:
                    part = sweep(k * one, k * other, seconds, rng.uniform(0, 4) / seconds) / k
                    add(made, start, part)
            start += seconds + rng.uniform(0.01, 0.2)
        start += rng.exponential(0.6)
    return made


KINDS: tuple[Callable[[Rng], Wave], ...] = (
    _hiss,
    _hiss,
    _ticks,
    _ticks,
    _rotor,
    _engine,
    _wind,
    _calls,
)
