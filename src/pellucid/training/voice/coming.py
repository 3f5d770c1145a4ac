"""How a sound comes and goes: gains for its frames of 20 ms.

A classifier that hears noises that are always there learns that what comes and goes is a voice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Gains = npt.NDArray[np.float32]

FRAMES_A_SECOND = 50
DEPTH = (0.5, 3.0)  # nepers
BURSTS_HZ, WAVES_HZ = (0.7, 9.0), (0.2, 20.0)
FALL = (0.5, 12.0)  # frames in which a burst falls to 1/e
SMOOTH = (3, 16)  # frames
DRIFT_DB = (-4.0, 4.0)


def come_and_go(rng: np.random.Generator, size: int) -> Gains:
    """float32 (size,): bursts, regular or not, something as uneven as syllables, or a wave."""
    ways = (_bursts, _uneven, _wave)
    return ways[rng.integers(len(ways))](rng, size, rng.uniform(*DEPTH))


def drift(rng: np.random.Generator, size: int) -> Gains:
    """float32 (size,): somebody comes nearer, or turns a knob; another gain each second."""
    count = max(size // FRAMES_A_SECOND, 2)
    points = rng.uniform(*DRIFT_DB, count)
    gains = np.interp(np.linspace(0, count - 1, size), np.arange(count), points)
    return np.asarray(10 ** (gains / 20), np.float32)


def _bursts(rng: np.random.Generator, size: int, depth: float) -> Gains:
    gap = FRAMES_A_SECOND / _even(rng, BURSTS_HZ)
    jitter = 0.7 * rng.uniform() * (rng.random() < 0.6)
    gaps = gap * np.exp(jitter * rng.normal(size=int(3 * size / gap) + 4))
    fall, time, made = _even(rng, FALL), np.arange(size), np.zeros(size)
    for start in np.cumsum(gaps) - rng.uniform(0, gap):
        first = max(int(start), 0)
        tail = rng.uniform(0.3, 1) * np.exp(-(time[first:] - start) / fall)
        made[first:] = np.maximum(made[first:], tail)
    return np.asarray(np.maximum(made, np.exp(-2 * depth)), np.float32)


def _uneven(rng: np.random.Generator, size: int, depth: float) -> Gains:
    width = int(rng.integers(*SMOOTH))
    window = np.hanning(width + 2)[1:-1]
    walk = np.convolve(rng.normal(size=size + width), window, "valid")[:size]
    walk /= walk.std() + 1e-6
    return np.asarray(np.exp(np.clip(0.7 * depth * walk, -5, 1.5)), np.float32)


def _wave(rng: np.random.Generator, size: int, depth: float) -> Gains:
    turns = _even(rng, WAVES_HZ) / FRAMES_A_SECOND * np.arange(size) + rng.random()
    return np.asarray(np.exp(depth * (np.sin(2 * np.pi * turns) - 1)), np.float32)


def _even(rng: np.random.Generator, span: tuple[float, float]) -> float:
    """One of a span, octaves being equal."""
    return float(np.exp(rng.uniform(*np.log(span))))
