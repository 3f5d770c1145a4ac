"""Pieces of music: layers on one beat in one key, then what a studio does to them.

chords, tune, bass, drums, pad, riff ─▶ filters that move ─▶ mix ─▶ overdrive ─▶ compressor
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pellucid.frames import Samples
from pellucid.training.voice.made_up import drums
from pellucid.training.voice.made_up.notes import SCALES, Scale, ensemble, note, pitch, timbre
from pellucid.training.voice.made_up.waves import (
    RATE,
    SECONDS,
    SIZE,
    TIME,
    Rng,
    Wave,
    add,
    at_one,
    coloured,
    filtered,
    levelled,
    log_uniform,
    rms,
)

BEAT = (0.3, 1.0)  # seconds
MOVED, DRIVEN = 0.2, 0.3  # shares of layers; as many pieces are driven, too
NOISY, SQUEEZED = 0.5, 0.5  # shares of pieces
NOISE_DB = (-40.0, -3.0)
DRIVE = (-1.0, 3.0)  # nepers
SOFTEST_DB, DRUMS_DB = -9.0, 10.0  # of a layer; drums may stand above the rest
TRIAD = (0, 2, 4, 6)  # places in a scale


def music(rng: Rng) -> Samples:
    """float32 (SIZE,), of a root mean square of 0.1."""
    beat, key = rng.uniform(*BEAT), 440 * 2 ** (rng.uniform(-24, -12) / 12)
    scale = SCALES[rng.integers(len(SCALES))]
    chosen = [layer for layer, share in _LAYERS.items() if rng.random() < share] or [_tune]
    mixed: Wave = np.zeros(SIZE)
    for layer in chosen:
        made = layer(rng, beat, key, scale)
        made = _driven(rng, made) if rng.random() < DRIVEN else made
        made = _moved(rng, made) if rng.random() < MOVED else made
        loudest = DRUMS_DB if layer is _drums else 0.0
        mixed += at_one(made) * 10 ** (rng.uniform(SOFTEST_DB, loudest) / 20)
    if rng.random() < NOISY:
        mixed += rms(mixed) * coloured(rng) * 10 ** (rng.uniform(*NOISE_DB) / 20)
    mixed = _driven(rng, mixed) if rng.random() < DRIVEN else mixed
    return levelled(_squeezed(rng, mixed) if rng.random() < SQUEEZED else mixed)


def _chords(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Two to four notes at once, for two to eight beats."""
    made, start, sound = np.zeros(SIZE), 0.0, timbre(rng)
    while start < SECONDS:
        long, root = beat * rng.integers(2, 9), int(rng.integers(len(scale)))
        for step in TRIAD[: int(rng.integers(2, 5))]:
            add(made, start, note(rng, pitch(key * 2, scale, root + step), long, sound, 0.0))
        start += long
    return made


def _tune(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
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


def _bass(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Low notes on the beat or between."""
    made, sound, step = np.zeros(SIZE), timbre(rng), float(rng.choice([0.5, 1, 2]))
    for start in np.arange(0, SECONDS, beat * step).tolist():
        hertz = pitch(key / 2, scale, int(rng.integers(len(scale))))
        add(made, start, note(rng, hertz, beat * step, sound, float(rng.uniform(0, 4))))
    return made


def _drums(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    del key, scale
    return drums.drums(rng, beat)


def _pad(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
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


def _riff(rng: Rng, beat: float, key: float, scale: Scale) -> Wave:
    """Fifths through an amplifier that is driven too far."""
    made, sound = np.zeros(SIZE), timbre(rng)
    step, fall = beat / rng.choice([2, 2, 4]), float(rng.choice([0.0, 2.0, 12.0]))
    places = rng.integers(0, 5, 8).tolist()
    for number in range(int(SECONDS / step)):
        hertz = pitch(key / 2, scale, places[number // 2 % len(places)])
        for ratio in (1.0, 1.5, 2.0) if rng.random() < 0.85 else ():
            add(made, number * step, note(rng, hertz * ratio, step, sound, fall))
    return filtered(rng, _driven(rng, made))


_LAYERS: dict[Callable[[Rng, float, float, Scale], Wave], float] = {  # and how often each is there
    _chords: 0.35,
    _tune: 0.4,
    _bass: 0.5,
    _drums: 0.75,
    _pad: 0.25,
    _riff: 0.25,
}


def _moved(rng: Rng, wave: Wave) -> Wave:
    """Through a filter that goes to and fro."""
    phase = 2 * np.pi * log_uniform(rng, 0.1, 6) * TIME + rng.uniform(0, 6)
    share = (1 + np.sin(phase)) / 2
    return filtered(rng, wave) * share + filtered(rng, wave) * (1 - share)


def _driven(rng: Rng, wave: Wave) -> Wave:
    """Louder than an amplifier can follow."""
    return np.asarray(np.tanh(at_one(wave) * np.exp(rng.uniform(*DRIVE))))


def _squeezed(rng: Rng, wave: Wave) -> Wave:
    """More alike in level, as a compressor makes it."""
    size = int(log_uniform(rng, 0.01, 0.3) * RATE)
    total = np.cumsum(np.pad(np.square(wave), (size // 2 + 1, size - size // 2 - 1)))
    power = np.maximum(total[size:] - total[:-size], 0) / size
    least = 1e-3 * np.square(rms(wave))
    return np.asarray(wave * (power + least) ** -rng.uniform(0.1, 0.45))
