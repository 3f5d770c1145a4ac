"""A drum kit, and patterns for it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pellucid.training.voice.made_up.waves import (
    SECONDS,
    SIZE,
    STEPS,
    Rng,
    Wave,
    add,
    burst,
    filtered,
    log_uniform,
    sweep,
)

STRONG = np.tile([1.0, 0.25, 0.5, 0.25], 4)  # how likely a hit is on each step, about
BACK = np.tile([0.1, 0.15, 0.25, 0.2, 1.2, 0.15, 0.25, 0.3], 2)
EVEN = np.ones(STEPS)
SWING = (0.0, 0.0, 0.2, 0.33)  # of a step, by which every other one is late
LATE = 0.006  # seconds, of any hit, at most


def drums(rng: Rng, beat: float) -> Wave:
    """A bar of sixteen steps over and over, some of it otherwise each time; (SIZE,).

    beat: in seconds.
    """
    kit = (
        (_kick(rng), STRONG * rng.uniform(0.3, 1), 1.0),
        (_snare(rng), BACK * rng.uniform(0.4, 1), rng.uniform(0.5, 1.5)),
        (_hat(rng), EVEN * rng.uniform(0.2, 1), rng.uniform(0.2, 1)),
        (_hat(rng), STRONG * rng.uniform(0, 0.7), rng.uniform(0.2, 1)),
        (_crash(rng), STRONG * rng.uniform(0, 0.2), rng.uniform(0.2, 1)),
        (_tom(rng), EVEN * rng.uniform(0, 0.2), rng.uniform(0.2, 0.8)),
    )
    return patterned(rng, beat, kit)


def patterned(rng: Rng, beat: float, kit: Iterable[tuple[Wave, Wave, float]]) -> Wave:
    """Sounds on steps of a bar, (SIZE,). Of each: the wave, how likely it is on each step (STEPS,),
    and how loud.
    """
    made, step = np.zeros(SIZE), beat / 4 if beat > 0.45 else beat / 2
    swing, loose = step * rng.choice(SWING), rng.uniform(0, 0.2)
    for sound, often, loud in kit:
        pattern = rng.random(STEPS) < often
        for number in range(int(SECONDS / step)):
            place = number % STEPS
            hit = rng.random() < often[place] if rng.random() < loose else pattern[place]
            if hit:
                start = number * step + swing * (number % 2) + rng.uniform(0, LATE)
                softest = 0.5 if often[place] < 0.5 else 0.85
                add(made, start, loud * rng.uniform(softest, 1) * sound)
    return made


def _kick(rng: Rng) -> Wave:
    made = sweep(rng.uniform(80, 250), rng.uniform(35, 75), 0.35, rng.uniform(6, 30))
    add(made, 0, rng.uniform(0, 0.3) * burst(rng, 0.02, 200))
    return made


def _snare(rng: Rng) -> Wave:
    hertz, seconds, fall = rng.uniform(140, 350), rng.uniform(0.1, 0.35), rng.uniform(8, 40)
    made = _at_peak(filtered(rng, burst(rng, seconds, fall)))
    tone = sweep(hertz * 1.3, hertz, seconds, fall * rng.uniform(0.5, 2))
    add(made, 0, rng.uniform(0, 0.8) * tone)
    return made


def _hat(rng: Rng) -> Wave:
    made = burst(rng, rng.uniform(0.04, 0.4), log_uniform(rng, 8, 120))
    for _ in range(int(rng.integers(1, 4))):
        made = np.diff(made, prepend=0.0)
    return _at_peak(made)


def _crash(rng: Rng) -> Wave:
    return _at_peak(filtered(rng, burst(rng, rng.uniform(0.5, 2), rng.uniform(1, 6))))


def _tom(rng: Rng) -> Wave:
    hertz = log_uniform(rng, 70, 600)
    return sweep(hertz * rng.uniform(1, 1.5), hertz, 0.4, rng.uniform(6, 25))


def _at_peak(wave: Wave) -> Wave:
    return np.asarray(wave / np.abs(wave).max())
