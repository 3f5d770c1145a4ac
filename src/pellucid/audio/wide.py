"""What lies above a voice's band: how loud it is, and something to fill it with.

A `Gap` goes from where the band ends to where it should. Levels are log10 of the mean power of a
band of bins, of spectra as `stft` makes them at the rate that holds the gap, scaled as if their
windows had 320 samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.audio.bands import gather
from pellucid.audio.stft import BIN_HZ, Spectra

Levels = npt.NDArray[np.float32]

LEAST = 1e-8  # power: about what 16 bits round away
UNUSED = 0.95  # of the band is what a telephone's filter leaves


@dataclass(frozen=True)
class Gap:
    """Bins from `edge` to `top` that are empty, in bands of `band` bins; `rate` in Hz holds them.

    Filling begins a band lower, where filters fall. It copies the bins from `source` on, which are
    an even number away: a window lies half of itself after the one before, where an odd bin's
    phase turns by half a circle.
    """

    name: str
    edge: int
    top: int
    band: int
    source: int
    rate: int

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
    for gap in (Gap("16k", 80, 160, 4, 36, 16_000), Gap("48k", 160, 480, 10, 70, 48_000))
}


def hearing(gap: Gap) -> npt.NDArray[np.float32]:
    """float32 (bands, edge): the mean of each of the ear's bands that a telephone leaves."""
    rows = gather()[:, : gap.edge]
    whole = gather()[:, int(UNUSED * gap.edge) :].sum(1) == 0
    made: npt.NDArray[np.float32] = rows[whole]
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


def fill(spectra: Spectra, levels: Levels, gap: Gap) -> Spectra:
    """Spectra (n, bins) of the gap alone: copies of what is below, to bring it to `levels`."""
    copied = gap.source + np.arange(gap.top - gap.start) % (gap.start - gap.source)
    bands = spectra[:, copied].reshape(len(spectra), gap.bands, gap.band)
    power = np.square(np.abs(bands)).mean(2)
    there = 10 ** levels_above(np.square(np.abs(spectra)), gap)
    gain = np.sqrt(np.maximum(10**levels - there, 0) / np.maximum(power, LEAST))
    gain[power < LEAST] = 0
    made = np.zeros_like(spectra)
    made[:, gap.start : gap.top] = (bands * gain[:, :, None]).reshape(len(spectra), -1)
    return made
