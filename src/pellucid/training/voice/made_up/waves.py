"""What made-up sounds are put together from: glides, bursts, coloured noise, slow changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.frames import Samples

RATE = 16_000
SECONDS = 12.0
SIZE = int(RATE * SECONDS)
TIME = np.arange(SIZE) / RATE
SILENT = 1e-9
STEPS = 16  # of a bar
WINDOW = 512  # samples, of a filter that moves

Rng = np.random.Generator
Wave = npt.NDArray[np.float64]


def sweep(start: float, end: float, seconds: float, fall: float) -> Wave:
    """A tone from one frequency to another, dying away by e `fall` times a second."""
    time = np.arange(max(int(seconds * RATE), 16)) / RATE
    hertz = start + (end - start) * time / time[-1]
    edge = np.minimum(1, (time[-1] - time) / 0.003)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.exp(-fall * time) * edge)


def burst(rng: Rng, seconds: float, fall: float) -> Wave:
    """Noise that dies away by e `fall` times a second."""
    size = int(seconds * RATE)
    return np.asarray(rng.normal(size=size) * np.exp(-fall * np.arange(size) / RATE))


def slow(rng: Rng) -> Wave:
    """Something between about -2 and 2 that changes once or twice a second, (SIZE,)."""
    points = rng.normal(size=int(SECONDS * 2) + 1)
    return np.interp(TIME, np.linspace(0, SECONDS, points.size), points)


def coloured(rng: Rng) -> Wave:
    """Noise (SIZE,), see `filtered`."""
    return filtered(rng, rng.normal(size=SIZE))


def filtered(rng: Rng, wave: Wave) -> Wave:
    """Tilted by 0 to -9 dB an octave, with hills, at a root mean square of 1."""
    hertz = np.fft.rfftfreq(wave.size, 1 / RATE)
    octaves = np.log2(np.maximum(hertz, 50) / 50)
    hills = np.interp(octaves, np.linspace(0, 8, 7), rng.uniform(-12, 12, 7))
    gain = 10 ** ((hills - rng.uniform(0, 9) * octaves) / 20)
    made = np.fft.irfft(np.fft.rfft(wave) * gain * (hertz > 30), wave.size)
    return at_one(made)


def buzz(hertz: Wave) -> Wave:
    """All harmonics of a pitch (size,) that fit below half the rate, alike, in phase."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    count = np.maximum(np.floor((RATE / 2 - 100) / hertz), 1)
    below = np.sin(phase / 2)
    at_peak = np.abs(below) < 1e-6
    pulses = np.sin((count + 0.5) * phase) / np.where(at_peak, 1, below)
    return np.asarray((np.where(at_peak, 2 * count + 1, pulses) - 1) / np.sqrt(2 * count))


def resonant(wave: Wave, centre: Wave, peak: float, width: float) -> Wave:
    """Through a low-pass that ends at `centre` hertz (size,), moving, with a hill there: so many
    times as high, so many hertz wide.
    """
    hop, window = WINDOW // 2, np.sin(np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    padded = np.pad(wave, (hop, WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::hop] * window
    at = centre[np.minimum(np.arange(len(frames)) * hop, wave.size - 1), None]
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    gain = 1 / (1 + (bins / at) ** 4) + peak * np.exp(-np.square((bins - at) / width))
    frames = np.fft.irfft(np.fft.rfft(frames) * gain, WINDOW) * window
    made = np.zeros((len(frames) + 1, hop))
    made[:-1] += frames[:, :hop]
    made[1:] += frames[:, hop:]
    return made.ravel()[hop : hop + wave.size]


def log_uniform(rng: Rng, low: float, high: float) -> float:
    """Drawn so that each octave is as likely."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def add(made: Wave, start: float, sound: Wave) -> None:
    """Into `made` from `start` seconds on; what reaches past its end is lost."""
    place = int(start * RATE)
    made[place : place + sound.size] += sound[: max(made.size - place, 0)]


def at_one(wave: Wave) -> Wave:
    """At a root mean square of 1; silence stays silence."""
    return np.asarray(wave / (rms(wave) + SILENT))


def levelled(wave: Wave) -> Samples:
    """float32 at a root mean square of 0.1."""
    return np.asarray(0.1 * at_one(wave), np.float32)


def rms(wave: Wave) -> float:
    """Root mean square."""
    return float(np.sqrt(np.square(wave).mean()))
