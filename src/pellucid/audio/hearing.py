"""What the classifier's network hears of a frame: its bands, and how they stand to what was before.

    bands ─▶ levels less their mean, and that mean
    level ─▶ below the loud frames, above the quiet ones, and how far these are apart

Loud and quiet are followed as a voice's pauses are judged by them (`activity.active`): at once
towards what is louder (quieter), and slowly back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.audio.activity import FRAME, Levels, Powers
from pellucid.audio.bands import BANDS, BINS, gather
from pellucid.audio.session import Array

LEAST = 1e-7  # power of a band
DEPTH = 6.0  # below the loudest band, log10 of power, nothing is heard
CENTRE, SPREAD = -2.0, 3.0  # of the mean of the levels, log10 of power
QUIETEST_DB = -80.0  # of full scale: a frame that counts as quiet is no quieter
TOWARDS_DB, BACK_DB = 2.0, 0.05  # a frame
REACH_DB = 20.0  # that one stands for
INPUTS = BANDS + 4


class Hearing:
    """Of one stream, or of a batch of streams that start together."""

    def __init__(self) -> None:
        self._started = False

    def push(self, bands: Powers, level: Levels) -> Array:
        """bands: power (n, ..., BANDS), see `bands_of`; level: dB of full scale (n, ...), see
        `activity.level_db`. Gives float32 (n, ..., INPUTS).
        """
        levels = np.log10(bands + np.float32(LEAST))
        levels = np.maximum(levels, levels.max(-1, keepdims=True) - np.float32(DEPTH))
        made = np.empty((*level.shape, INPUTS), np.float32)
        mean = levels.mean(-1, keepdims=True)
        made[..., :BANDS] = levels - mean
        made[..., BANDS] = (mean[..., 0] - CENTRE) / SPREAD
        level = np.maximum(level, np.float32(QUIETEST_DB))
        for loudness, row in zip(level, made, strict=True):
            self._follow(loudness)
            row[..., BANDS + 1] = (loudness - self._loud) / REACH_DB
            row[..., BANDS + 2] = (loudness - self._quiet) / REACH_DB
            row[..., BANDS + 3] = (self._loud - self._quiet) / REACH_DB
        return made

    def _follow(self, loudness: npt.NDArray[np.float32]) -> None:
        if not self._started:
            self._loud = self._quiet = loudness
        self._started = True
        self._loud = self._loud + _step(loudness - self._loud)
        self._quiet = self._quiet - _step(self._quiet - loudness)


def _step(ahead: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How far to go, in dB, towards what lies so far ahead, or behind."""
    made: npt.NDArray[np.float32] = np.where(
        ahead > 0, np.minimum(ahead, np.float32(TOWARDS_DB)), np.float32(-BACK_DB)
    )
    return made


def standing(heard: Array) -> tuple[Array, Array, Array]:
    """Of what `Hearing` gives, (..., INPUTS): how far each frame is below the loud ones (negative),
    above the quiet ones, and how far these are apart, in dB, each (...).
    """
    below, above, apart = (REACH_DB * heard[..., BANDS + place] for place in (1, 2, 3))
    return below, above, apart


def bands_of(power: Powers) -> Powers:
    """Power (2 n, ..., bins), hop by hop, to the mean of each band and frame, (n, ..., BANDS)."""
    shared = min(BINS, power.shape[-1])
    both = power[::FRAME, ..., :shared] + power[1::FRAME, ..., :shared]
    made: Powers = both @ _HALVES[:shared]
    return made


_HALVES = gather().T / np.float32(FRAME)  # (BINS, BANDS)
assert _HALVES.shape == (BINS, BANDS)
