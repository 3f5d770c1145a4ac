"""How a sound would go on, by linear prediction: each sample a sum of those before it.

As far back as the longest period of a voice, so that its harmonics ring on, each for about as long
as it did; what was noise falls silent. The coefficients are by Burg's method (Burg 1975,
native/prediction.cpp), which is sharp on short histories and never makes what grows; to go on so
is after Kauppinen and Roth 2002. Why from so much, and so far back: docs/sound.md.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from pellucid import _native
from pellucid.frames import Samples

LONGEST = 0.016  # seconds, of what a sample is predicted from
HISTORY = 0.05  # seconds, of what the prediction is learned from
BENT = 0.001  # seconds over which a jump is bent


class Guess(Protocol):
    """What follows a history, as many samples as are asked for."""

    def take(self, size: int) -> Samples:
        """The next samples, float32 (size,)."""


class Extrapolation:
    """A `Guess` by linear prediction, within the extremes of what its first sample is made from.

    history: float32 (T,), of which the last `HISTORY` seconds count; of less, half are predicted
    from the other half. The first step is no larger than those before: what is, is bent.
    """

    def __init__(self, history: Samples, sample_rate: int) -> None:
        known = np.ascontiguousarray(history[-round(HISTORY * sample_rate) :])
        order = min(round(LONGEST * sample_rate), known.size // 2)
        self._prediction = _native.Prediction(known, order)
        latest = known[-order - 1 :]
        self._bounds = latest.min(), latest.max()
        self._last, self._step = latest[-1], np.abs(np.diff(latest)).max()
        self._bent, self._over, self._at = BENT * sample_rate, np.float32(0), 0

    def take(self, size: int) -> Samples:
        """The next samples, float32 (size,)."""
        made = np.empty(size, np.float32)
        self._prediction.take(made)
        if size and not self._at:
            jump = made[0] - self._last
            self._over = jump - np.clip(jump, -self._step, self._step)
        place = np.arange(self._at, self._at + size, dtype=np.float32)
        self._at += size
        made -= self._over * np.maximum(1 - place / self._bent, 0)
        return np.clip(made, *self._bounds, out=made)
