"""What machines play: leads whose filter moves, chopped sounds, risers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pellucid.training.voice.made_up.drums import patterned
from pellucid.training.voice.made_up.notes import Scale, note, pitch, timbre
from pellucid.training.voice.made_up.waves import (
    RATE,
    SIZE,
    STEPS,
    TIME,
    Rng,
    Wave,
    at_one,
    burst,
    buzz,
    filtered,
    log_uniform,
    resonant,
    slow,
    sweep,
)

HIGHEST = 6000.0  # hertz, of a filter
HISS = 0.2  # seconds of noise in a chop, at most
DETUNED = 0.012  # of a pitch, at most


def lead(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Up to five saws on one line, through a filter that opens, swings or talks."""
    step = beat / rng.choice([1, 2, 4, 4])
    count, number = int(TIME[-1] / step) + 1, (TIME / step).astype(int)
    within = TIME / step - number
    line = _line(rng, count, key * rng.choice([0.5, 1, 2, 4]), scale)
    glide = np.hanning(int(log_uniform(rng, 0.002, 0.1) * RATE) + 3)
    hertz = np.exp(np.convolve(np.log(line[number]), glide / glide.sum(), "same"))
    hertz = np.maximum(hertz, 20)
    made = sum(
        buzz(hertz * (1 + rng.uniform(-DETUNED, DETUNED))) for _ in range(int(rng.integers(1, 6)))
    )
    sounding = _again(rng, (rng.random(STEPS) < rng.uniform(0.5, 1)).astype(float), count)[number]
    made = made * sounding * np.minimum(1, within * step / 0.004)
    made = made * np.exp(-within * step * rng.choice([0.0, 1.0, 4.0, 10.0]))
    how = _FILTERS[int(rng.integers(len(_FILTERS)))]
    centre = np.clip(how(rng, within * step, number), 80, HIGHEST)
    return filtered(rng, resonant(made, centre, rng.uniform(0, 6), log_uniform(rng, 60, 600)))


def chops(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Short pieces of anything, over and over in a pattern."""
    kit = []
    for _ in range(int(rng.integers(1, 6))):
        make = _CHOPS[int(rng.integers(len(_CHOPS)))]
        sound = at_one(make(rng, log_uniform(rng, 0.04, 0.6), key, scale))
        sound = sound[::-1] if rng.random() < 0.2 else sound
        kit.append((sound, np.full(STEPS, rng.uniform(0.1, 0.5)), rng.uniform(0.3, 1)))
    return patterned(rng, beat, kit)


def riser(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """A filter that goes up, or down, for some bars, and once more."""
    within = TIME / (beat * rng.choice([2, 4, 8, 16])) % 1
    source = rng.normal(size=SIZE)
    if rng.random() < 0.4:
        source = buzz(pitch(key, scale, int(rng.integers(7))) * 2 ** (rng.uniform(-1, 2) * within))
    low, high = log_uniform(rng, 100, 1000), log_uniform(rng, 1000, HIGHEST)
    within = 1 - within if rng.random() < 0.4 else within
    centre = low * (high / low) ** within
    made = resonant(at_one(source), centre, rng.uniform(0, 4), log_uniform(rng, 100, 1500))
    return np.asarray(made * (0.1 + within) ** rng.uniform(0, 2))


def _line(rng: Rng, count: int, key: float, scale: Scale) -> Wave:
    """A pitch in hertz for each step, (count,): sixteen that come again."""
    places = np.clip(np.cumsum(rng.integers(-2, 3, STEPS)), -5, 9)
    if rng.random() < 0.4:
        places = rng.choice([0, 0, 0, 2, 4, len(scale)], STEPS)
    return _again(rng, np.array([pitch(key, scale, int(place)) for place in places]), count)


def _again(rng: Rng, pattern: Wave, count: int) -> Wave:
    """A pattern over and over, with some of it otherwise."""
    made = np.resize(pattern, count)
    other = rng.random(count) < rng.uniform(0, 0.15)
    made[other] = rng.choice(pattern, int(other.sum()))
    return made


def _opens(rng: Rng, since: Wave, number: Wave) -> Wave:
    """With each note, and closes."""
    low, reach = log_uniform(rng, 100, 800), rng.uniform(1, 5)
    opened = np.exp(-since * log_uniform(rng, 3, 30))
    strong = rng.uniform(0.4, 1, STEPS)[number % STEPS]
    return np.asarray(low * 2 ** (reach * opened * strong + 0.7 * slow(rng)))


def _swings(rng: Rng, since: Wave, number: Wave) -> Wave:
    """To and fro."""
    del since, number
    phase = 2 * np.pi * log_uniform(rng, 0.1, 8) * TIME
    middle, reach = log_uniform(rng, 300, 2500), rng.uniform(0.3, 2)
    return np.asarray(middle * 2 ** (reach * np.sin(phase)))


def _talks(rng: Rng, since: Wave, number: Wave) -> Wave:
    """Somewhere else with each step, and on its way there."""
    del since
    stops = log_uniform(rng, 250, 900) * 2 ** rng.uniform(0, 2.5, STEPS)
    way = np.hanning(int(log_uniform(rng, 0.02, 0.2) * RATE))
    return np.asarray(np.exp(np.convolve(np.log(stops[number % STEPS]), way / way.sum(), "same")))


_FILTERS: tuple[Callable[[Rng, Wave, Wave], Wave], ...] = (_opens, _swings, _talks)


def _hiss(rng: Rng, seconds: float, key: float, scale: Scale) -> Wave:
    del key, scale
    seconds = min(seconds, HISS)  # many of them must not make one that stays
    return filtered(rng, burst(rng, seconds, rng.uniform(0, 2) / seconds))


def _stab(rng: Rng, seconds: float, key: float, scale: Scale) -> Wave:
    """A chord."""
    sound, root, fall = timbre(rng), int(rng.integers(len(scale))), rng.uniform(0, 3) / seconds
    tones = [pitch(key * 2, scale, root + place) for place in range(0, 7, 2)]
    return np.asarray(sum(note(rng, hertz, seconds, sound, fall) for hertz in tones))


def _zap(rng: Rng, seconds: float, key: float, scale: Scale) -> Wave:
    del key, scale
    one, other = log_uniform(rng, 60, 5000), log_uniform(rng, 60, 5000)
    return sweep(one, other, seconds, rng.uniform(0, 3) / seconds)


def _growl(rng: Rng, seconds: float, key: float, scale: Scale) -> Wave:
    """A saw through a filter that glides, for as long."""
    size = int(seconds * RATE)
    tone = buzz(np.full(size, pitch(key * rng.choice([0.5, 1, 2]), scale, int(rng.integers(7)))))
    low, high = log_uniform(rng, 200, 4000), log_uniform(rng, 200, 4000)
    centre = low * (high / low) ** (np.arange(size) / size)
    return resonant(tone, centre, rng.uniform(0, 6), log_uniform(rng, 60, 600))


_CHOPS: tuple[Callable[[Rng, float, float, Scale], Wave], ...] = (_hiss, _stab, _zap, _growl)
