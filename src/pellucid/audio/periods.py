"""A sound's period, and how it would go on if its last periods came again and again.

The lag is where the last 15 ms look most like what came before them (normalised correlation, as in
ITU-T G.711 appendix I); several periods are repeated where one is short, since one alone buzzes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.frames import Samples

Exact = npt.NDArray[np.float64]

SHORTEST, LONGEST = 0.0025, 0.02  # seconds, of a period: 400 to 50 Hz
MATCHED = 0.015  # seconds that are compared
REPEATED = 0.01  # seconds, at least, before the repetition begins anew
HISTORY = 0.04  # seconds that count: what is compared, and the longest lag and template
NEARLY = 0.9  # of the best match: the shortest lag that good is the period, not a multiple
SEAM = 0.001  # seconds over which a repetition is bent to where the sound stopped
QUIET = 1e-9


class Repetition:
    """What follows a history, as many samples as are asked for: a template, repeated.

    history: float32 (T,), of which the last `HISTORY` seconds count.
    """

    def __init__(self, history: Samples, sample_rate: int) -> None:
        history = history[-round(HISTORY * sample_rate) :]
        period, _ = find_period(history, sample_rate)
        size = period * -(-round(REPEATED * sample_rate) // period)
        size = min(size, (history.size - 1) // period * period)
        self._template = _seamless(history, size, max(round(SEAM * sample_rate), 1))
        self._at = 0

    def take(self, size: int) -> Samples:
        """The next samples, float32 (size,)."""
        index = np.arange(self._at, self._at + size) % self._template.size
        self._at += size
        taken: Samples = self._template[index]
        return taken


def find_period(history: Samples, sample_rate: int) -> tuple[int, float]:
    """The period in samples, and how alike the sound is to itself one period before, at most 1.

    history: float32 (T,); of less than `HISTORY` seconds, three eighths are compared, the rest is
    the longest lag.
    """
    matched = min(round(MATCHED * sample_rate), history.size * 3 // 8)
    low, high = (round(s * sample_rate) for s in (SHORTEST, LONGEST))
    high = min(high, history.size - matched - 1)
    end = history[-matched:].astype(np.float64)
    before = history[-matched - high :].astype(np.float64)
    likeness = _likeness(before, end)[high - low :: -1]  # of lags low, low + 1, ... high
    best = float(likeness.max())
    if best <= 0:
        return low + int(likeness.argmax()), 0.0
    first = int(np.argmax(likeness > NEARLY * best))
    while first + 1 < likeness.size and likeness[first + 1] > likeness[first]:
        first += 1
    return low + first, float(likeness[first])


def _likeness(before: Exact, end: Exact) -> Exact:
    """Normalised correlation of `end` with each stretch of its length in `before`."""
    size = 1 << (before.size + end.size - 1).bit_length()
    spectrum = np.fft.rfft(before, size) * np.conj(np.fft.rfft(end, size))
    products = np.fft.irfft(spectrum, size)[: before.size - end.size + 1]
    sums = np.concatenate([[0.0], np.cumsum(np.square(before))])
    energies = sums[end.size :] - sums[: -end.size]
    made: Exact = products / np.sqrt(energies * float(end @ end) + QUIET)
    return made


def _seamless(history: Samples, size: int, bent: int) -> Samples:
    """The last `size` samples, their beginning bent so that it goes on from their end, but never
    beyond what was heard: bends of bends would grow from gap to gap.
    """
    template = history[-size:].copy()
    jump = history[-1] - history[-size - 1]
    bent = min(bent, size)
    template[:bent] += jump * (1 - np.arange(bent, dtype=np.float32) / bent)
    bounds = history.min(), history.max()
    made: Samples = np.clip(template, *bounds)
    return made
