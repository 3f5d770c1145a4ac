"""Music and noises that nobody recorded: more kinds than the few hundred recordings hold.

Music: chords, a tune, a bass and drums on a beat, in a key, of drawn timbres. Noises: ticks and
crackles, rotors, engines, wind, calls, bubbles. They need not fool anyone; they show what a kind
may be without the colour, the room and the level of one recording.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pellucid.frames import Samples

RATE = 16_000
SECONDS = 6.0
SIZE = int(RATE * SECONDS)
COUNT = 200  # of each kind
TIME = np.arange(SIZE) / RATE
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
HARMONICS = 12
BEAT = (0.3, 1.0)  # seconds

Rng = np.random.Generator
Wave = npt.NDArray[np.float64]


def music(rng: Rng) -> Samples:
    """float32 (SIZE,), of a root mean square of 0.1."""
    beat, key = rng.uniform(*BEAT), 440 * 2 ** (rng.uniform(-24, -12) / 12)
    scale = SCALES[rng.integers(len(SCALES))]
    layers = [_chords, _tune, _bass, _drums]
    chosen = [layer for layer in layers if rng.random() < 0.6] or [_tune]
    if chosen == [_drums]:
        chosen.append(_bass)
    mixed = np.zeros(SIZE)
    for layer in chosen:
        made = layer(rng, beat, key, scale)
        mixed += made * 10 ** (rng.uniform(-9, 0) / 20) / (_rms(made) + 1e-9)
    if rng.random() < 0.3:
        mixed += _coloured(rng) * 10 ** (rng.uniform(-40, -15) / 20)
    return _levelled(mixed)


def noise(rng: Rng) -> Samples:
    """float32 (SIZE,), of a root mean square of 0.1."""
    kinds: tuple[Callable[[Rng], Wave], ...] = (_ticks, _ticks, _rotor, _engine, _wind, _calls)
    mixed = kinds[rng.integers(len(kinds))](rng)
    mixed = mixed / (_rms(mixed) + 1e-9) + _coloured(rng) * 10 ** (rng.uniform(-50, -5) / 20)
    return _levelled(mixed)


def _chords(rng: Rng, beat: float, key: float, scale: tuple[int, ...]) -> Wave:
    """Three or four notes at once, for two to eight beats."""
    made, start, sound = np.zeros(SIZE), 0.0, _timbre(rng)
    while start < SECONDS:
        long = beat * rng.integers(2, 9)
        root = int(rng.integers(len(scale)))
        for step in (0, 2, 4, 6)[: int(rng.integers(2, 5))]:
            _add(made, start, _note(rng, _pitch(key * 2, scale, root + step), long, sound, 0.0))
        start += long
    return made


def _tune(rng: Rng, beat: float, key: float, scale: tuple[int, ...]) -> Wave:
    """One note after another, most of them a step away."""
    made, start, sound = np.zeros(SIZE), 0.0, _timbre(rng)
    place, octave, fall = int(rng.integers(8)), 2 ** rng.integers(1, 4), rng.choice([0.0, 3.0, 8.0])
    while start < SECONDS:
        long = beat * float(rng.choice([0.25, 0.5, 0.5, 1, 2]))
        if rng.random() < 0.9:
            hertz = _pitch(key * octave, scale, place)
            _add(made, start, _note(rng, hertz, long, sound, float(fall)))
        place = int(np.clip(place + rng.integers(-2, 3), -3, 12))
        start += long
    return made


def _bass(rng: Rng, beat: float, key: float, scale: tuple[int, ...]) -> Wave:
    """Low notes on the beat or between."""
    made, sound, step = np.zeros(SIZE), _timbre(rng), float(rng.choice([0.5, 1, 2]))
    for start in np.arange(0, SECONDS, beat * step).tolist():
        hertz = _pitch(key / 2, scale, int(rng.integers(len(scale))))
        _add(made, start, _note(rng, hertz, beat * step, sound, float(rng.uniform(0, 4))))
    return made


def _drums(rng: Rng, beat: float, key: float, scale: tuple[int, ...]) -> Wave:
    """A pattern of eight half beats, over and over."""
    del key, scale
    made = np.zeros(SIZE)
    kick = _sweep(150, 50, 0.2, 18.0)
    snare = _burst(rng, 0.2, 20.0) + 0.5 * _sweep(220, 180, 0.2, 25.0)
    hat = np.diff(_burst(rng, 0.08, 60.0), prepend=0.0)
    for sound, often in ((kick, 0.4), (snare, 0.25), (hat, 0.6)):
        pattern = rng.random(8) < often
        loud = rng.uniform(0.2, 1)
        for number, start in enumerate(np.arange(0, SECONDS, beat / 2).tolist()):
            if pattern[number % 8]:
                _add(made, start, loud * rng.uniform(0.8, 1) * sound)
    return made


def _ticks(rng: Rng) -> Wave:
    """One or two sounds of something struck, on a clock's beat or at random."""
    made, rate = np.zeros(SIZE), float(np.exp(rng.uniform(np.log(0.8), np.log(40))))
    struck = [_struck(rng) for _ in range(int(rng.integers(1, 4)))]
    regular = rng.random() < 0.5 and rate < 12
    start, number = rng.uniform(0, 1 / rate), 0
    while start < SECONDS:
        sound = struck[number % len(struck)]
        loud = 1.0 if regular else float(np.exp(rng.normal(0, 0.8)))
        _add(made, start, loud * sound)
        start += 1 / rate if regular else float(rng.exponential(1 / rate))
        number += 1
    return made


def _struck(rng: Rng) -> Wave:
    """Noise and a few resonances that die away."""
    fall = float(np.exp(rng.uniform(np.log(15), np.log(800))))
    made = rng.uniform(0, 1) * _burst(rng, 0.3, fall * rng.uniform(1, 4))
    for _ in range(int(rng.integers(1, 5))):
        hertz = float(np.exp(rng.uniform(np.log(200), np.log(7000))))
        made += rng.uniform(0.2, 1) * _sweep(hertz, hertz, 0.3, fall * rng.uniform(0.5, 2))
    return made


def _rotor(rng: Rng) -> Wave:
    """Noise that swells some times a second: blades, purring, steps, wipers."""
    rate = np.exp(rng.uniform(np.log(1), np.log(35)))
    phase = 2 * np.pi * np.cumsum(rate * (1 + 0.1 * _slow(rng))) / RATE
    return _coloured(rng) * (0.02 + ((1 + np.cos(phase)) / 2) ** rng.uniform(0.5, 8))


def _engine(rng: Rng) -> Wave:
    """Harmonics of a rate of explosions that wanders, each a little different."""
    hertz = np.exp(rng.uniform(np.log(20), np.log(150)))
    phase = 2 * np.pi * np.cumsum(hertz * (1 + rng.uniform(0.01, 0.2) * _slow(rng))) / RATE
    pulses = ((1 + np.cos(phase)) / 2) ** rng.uniform(2, 30)
    rough = 1 + rng.uniform(0, 1) * _coloured(rng)
    return _filtered(rng, pulses * rough)


def _wind(rng: Rng) -> Wave:
    """Noise around a frequency that wanders, now strong, now weak."""
    hertz = np.exp(rng.uniform(np.log(100), np.log(2000)) + 0.5 * _slow(rng))
    width, size = rng.uniform(20, 300), SIZE // 20 + 2
    walk = [rng.normal(size=size) for _ in range(2)]
    smooth = [np.convolve(x, np.hanning(max(int(800 / width), 3)), "same") for x in walk]
    at = np.linspace(0, size - 1, SIZE)
    slow = [np.interp(at, np.arange(size), x / x.std()) for x in smooth]
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    made: Wave = (slow[0] * np.cos(phase) + slow[1] * np.sin(phase)) * np.exp(_slow(rng))
    return made


def _calls(rng: Rng) -> Wave:
    """Short tones that glide, alone or in rows: birds, barks, bubbles, squeaks."""
    made, start = np.zeros(SIZE), rng.uniform(0, 1)
    middle = float(np.exp(rng.uniform(np.log(300), np.log(5000))))
    harmonics, long = int(rng.integers(1, 6)), float(np.exp(rng.uniform(np.log(0.02), np.log(0.5))))
    while start < SECONDS:
        for _ in range(int(rng.integers(1, 8))):
            one, other = middle * 2 ** rng.uniform(-0.6, 0.6, 2)
            seconds = long * rng.uniform(0.6, 1.5)
            for k in range(1, harmonics + 1):
                if k * max(one, other) < RATE / 2:
                    part = _sweep(k * one, k * other, seconds, rng.uniform(0, 4) / seconds) / k
                    _add(made, start, part)
            start += seconds + rng.uniform(0.01, 0.2)
        start += rng.exponential(0.6)
    return made


def _timbre(rng: Rng) -> Wave:
    """Sizes of the harmonics."""
    sizes = np.arange(1, HARMONICS + 1) ** -rng.uniform(0.3, 2.5) * rng.uniform(0.2, 1, HARMONICS)
    if rng.random() < 0.3:
        sizes[1::2] *= 0.1
    return sizes


def _note(rng: Rng, hertz: float, seconds: float, timbre: Wave, fall: float) -> Wave:
    """A tone with a soft start and end, dying away by e `fall` times a second."""
    time = np.arange(int(min(seconds, SECONDS) * RATE)) / RATE
    wave = rng.choice([0.0, 0.004]) * np.sin(2 * np.pi * rng.uniform(4, 7) * time)
    phase = 2 * np.pi * hertz * (time + wave / (2 * np.pi * 5))
    count = min(HARMONICS, int(RATE / 2 / hertz))
    made = sum(
        size * np.sin(k * phase + rng.uniform(0, 6)) for k, size in enumerate(timbre[:count], 1)
    )
    rise = np.minimum(1, np.minimum(time, time[-1] - time) / rng.uniform(0.005, 0.04))
    return np.asarray(made * rise * np.exp(-fall * time) * rng.uniform(0.6, 1))


def _pitch(key: float, scale: tuple[int, ...], place: int) -> float:
    octave, step = divmod(place, len(scale))
    return float(key * 2 ** (octave + scale[step] / 12))


def _sweep(start: float, end: float, seconds: float, fall: float) -> Wave:
    """A tone from one frequency to another, dying away by e `fall` times a second."""
    time = np.arange(max(int(seconds * RATE), 16)) / RATE
    hertz = start + (end - start) * time / time[-1]
    edge = np.minimum(1, (time[-1] - time) / 0.003)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.exp(-fall * time) * edge)


def _burst(rng: Rng, seconds: float, fall: float) -> Wave:
    size = int(seconds * RATE)
    return np.asarray(rng.normal(size=size) * np.exp(-fall * np.arange(size) / RATE))


def _slow(rng: Rng) -> Wave:
    """Something between about -2 and 2 that changes once or twice a second."""
    points = rng.normal(size=int(SECONDS * 2) + 1)
    return np.interp(TIME, np.linspace(0, SECONDS, points.size), points)


def _coloured(rng: Rng) -> Wave:
    return _filtered(rng, rng.normal(size=SIZE))


def _filtered(rng: Rng, wave: Wave) -> Wave:
    """Tilted by 0 to -12 dB an octave, with hills, at a root mean square of 1."""
    hertz = np.fft.rfftfreq(wave.size, 1 / RATE)
    octaves = np.log2(np.maximum(hertz, 50) / 50)
    hills = np.interp(octaves, np.linspace(0, 8, 7), rng.uniform(-12, 12, 7))
    gain = 10 ** ((hills - rng.uniform(0, 9) * octaves) / 20)
    made = np.fft.irfft(np.fft.rfft(wave) * gain * (hertz > 30), wave.size)
    return np.asarray(made / (_rms(made) + 1e-9))


def _add(made: Wave, start: float, sound: Wave) -> None:
    place = int(start * RATE)
    made[place : place + sound.size] += sound[: max(made.size - place, 0)]


def _levelled(wave: Wave) -> Samples:
    return np.asarray(0.1 * wave / (_rms(wave) + 1e-9), np.float32)


def _rms(wave: Wave) -> float:
    return float(np.sqrt(np.square(wave).mean()))
