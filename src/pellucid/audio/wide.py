"""What lies above a voice's band: how loud it is, and something to fill it with.

A `Gap` goes from where the band ends to where it should. Levels are log10 of the mean power of a
band of bins, of spectra as `stft` makes them at the rate that holds the gap, scaled as if their
windows had 320 samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pellucid.audio.bands import gather
from pellucid.audio.stft import BIN_HZ, Spectra

Levels = npt.NDArray[np.float32]

LEAST = 1e-8  # power: about what 16 bits round away
OVERLAP = 1.39  # makes up for what windows of unrelated phases lose where they overlap
UNUSED = 0.95  # of the band is what a telephone's filter leaves


@dataclass(frozen=True)
class Gap:
    """Bins from `edge` to `top` that are empty, in bands of `band` bins; `rate` in Hz holds them.

    Filling begins a band lower, where filters fall. It stays `caution` bels below what the network
    tells, because too loud disturbs more than too quiet (chosen on held-out voices: docs/sound.md).
    """

    name: str
    edge: int
    top: int
    band: int
    rate: int
    caution: float

    @property
    def start(self) -> int:
        """The first bin that may be filled."""
        return self.edge - self.band

    @property
    def bands(self) -> int:
        """How many there are to fill."""
        return (self.top - self.start) // self.band

    @property
    def edge_hz(self) -> float:
        """Where the band ends."""
        return self.edge * BIN_HZ


GAPS = {
    gap.name: gap
    for gap in (Gap("16k", 80, 160, 4, 16_000, 0.8), Gap("48k", 160, 480, 10, 48_000, 0.0))
}


@lru_cache(maxsize=len(GAPS))
def hearing(gap: Gap) -> npt.NDArray[np.float32]:
    """float32 (bands, edge): the mean of each of the ear's bands that a telephone leaves."""
    rows = gather()[:, : gap.edge]
    whole = gather()[:, int(UNUSED * gap.edge) :].sum(1) == 0
    made: npt.NDArray[np.float32] = rows[whole]
    made.setflags(write=False)
    return made


def levels_below(power: Levels, gap: Gap) -> Levels:
    """Power (..., bins) to the levels (..., bands) of what is heard."""
    made: Levels = np.log10(power[..., : gap.edge] @ hearing(gap).T + LEAST)
    return made


def levels_above(power: Levels, gap: Gap) -> Levels:
    """Power (..., bins) to the levels (..., gap.bands) from `gap.start` on."""
    inside = power[..., gap.start : gap.top]
    bands = inside.reshape(*inside.shape[:-1], gap.bands, gap.band)
    made: Levels = np.log10(bands.mean(-1) + LEAST)
    return made


def unit_noise(rng: np.random.Generator, frames: int, gap: Gap) -> Spectra:
    """Bins of any phase that sound like power 1, complex64 (frames, gap.top - gap.start)."""
    turns = rng.random((frames, gap.top - gap.start), np.float32)
    made: Spectra = np.complex64(OVERLAP) * np.exp(np.complex64(2j * np.pi) * turns)
    return made


def fill(spectra: Spectra, levels: Levels, noise: Spectra, gap: Gap) -> Spectra:
    """Spectra (n, bins) of the gap alone: noise that brings it to `levels`; none over silence."""
    power = np.square(np.abs(spectra))
    heard = power[:, : gap.edge].mean(1, keepdims=True) > LEAST
    size = np.sqrt(np.maximum(10**levels - 10 ** levels_above(power, gap), 0) * heard)
    made = np.zeros_like(spectra)
    made[:, gap.start : gap.top] = np.repeat(size, gap.band, axis=1) * noise
    return made
