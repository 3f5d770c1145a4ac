"""What players play: chords, tune, bass, pad and riff, on one beat in one key."""

from __future__ import annotations

import numpy as np

from pellucid.training.voice.made_up.notes import Scale, ensemble, note, pitch, timbre
from pellucid.training.voice.made_up.studio import driven
from pellucid.training.voice.made_up.waves import (
    SECONDS,
    SIZE,
    Rng,
    Wave,
    add,
    filtered,
    log_uniform,
)

TRIAD = (0, 2, 4, 6)  # places in a scale


def chords(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Two to four notes at once, for two to eight beats."""
    made, start, sound = np.zeros(SIZE), 0.0, timbre(rng)
    while start < SECONDS:
        long, root = beat * rng.integers(2, 9), int(rng.integers(len(scale)))
        for step in TRIAD[: int(rng.integers(2, 5))]:
            add(made, start, note(rng, pitch(key * 2, scale, root + step), long, sound, 0.0))
        start += long
    return made


def tune(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """One note after another, most of them a step away."""
    made, start, sound = np.zeros(SIZE), 0.0, timbre(rng)
    place, octave, fall = int(rng.integers(8)), 2 ** rng.integers(1, 4), rng.choice([0.0, 3.0, 8.0])
    while start < SECONDS:
        long = beat * float(rng.choice([0.25, 0.5, 0.5, 1, 2]))
        if rng.random() < 0.9:
            hertz = pitch(key * octave, scale, place)
            add(made, start, note(rng, hertz, long, sound, float(fall)))
        place = int(np.clip(place + rng.integers(-2, 3), -3, 12))
        start += long
    return made


def bass(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Low notes on the beat or between."""
    made, sound, step = np.zeros(SIZE), timbre(rng), float(rng.choice([0.5, 1, 2]))
    for start in np.arange(0, SECONDS, beat * step).tolist():
        hertz = pitch(key / 2, scale, int(rng.integers(len(scale))))
        add(made, start, note(rng, hertz, beat * step, sound, float(rng.uniform(0, 4))))
    return made


def pad(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Long chords of many players, one into the next."""
    made, start, sound = np.zeros(SIZE), 0.0, timbre(rng)
    wide = log_uniform(rng, 0.3, 6)
    while start < SECONDS:
        long, root = min(beat * rng.integers(4, 17), SECONDS), int(rng.integers(len(scale)))
        steps = TRIAD[: int(rng.integers(1, 5))]
        tones = [pitch(key * rng.choice([1, 2, 2, 4]), scale, root + step) for step in steps]
        add(made, start, ensemble(rng, tones, long, sound, wide))
        start += long * rng.uniform(0.9, 1)
    return made


def riff(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Fifths through an amplifier that is driven too far."""
    made, sound = np.zeros(SIZE), timbre(rng)
    step, fall = beat / rng.choice([2, 2, 4]), float(rng.choice([0.0, 2.0, 12.0]))
    places = rng.integers(0, 5, 8).tolist()
    for number in range(int(SECONDS / step)):
        hertz = pitch(key / 2, scale, places[number // 2 % len(places)])
        for ratio in (1.0, 1.5, 2.0) if rng.random() < 0.85 else ():
            add(made, number * step, note(rng, hertz * ratio, step, sound, fall))
    return filtered(rng, driven(rng, made))
