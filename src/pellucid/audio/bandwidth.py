"""How far up a voice really goes, whatever the rate it comes at: a telephone call in a recording
of 48 kHz is the usual case.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.audio.wide import Gap

EMPTY = 1e-5  # power above the edge, of that below: -50 dB, where speech has -15 to -35
BELOW, ABOVE = (0.3, 0.85), (1.6, 1.9)  # of the edge: what is compared, the gap by its upper part
MEMORY = 0.995  # a frame: two seconds
HEARD = 1e-4  # power of a bin that is no silence: -70 dB of full scale
EVIDENCE = 30  # frames that must be heard before a word is said
PLAIN = 1e-3  # power above the edge, of that below, in which case one frame says enough,
DITHER = 1e-6  # unless it may be what 16 bits were dithered with, which is 13 dB below this
FADE = 0.1  # a frame: a gap opens and closes within 0.1 s

Shares = npt.NDArray[np.float32]


class GapMeter:
    """Says frame by frame how much of a gap should be filled: 0 where the sound goes on above it.

    `known` says that it is empty from the start, as above half of a sample rate. A gap of which
    only a lower part holds sound counts as empty: `wide.fill` adds no more than what is missing.
    """

    def __init__(self, gap: Gap, known: bool) -> None:
        self._below, self._above = (
            slice(*(round(share * gap.edge) for share in band)) for band in (BELOW, ABOVE)
        )
        self._known, self._heard = known, 0
        self._open = self._sure = float(known)
        self._sums: npt.NDArray[np.float64] = np.zeros(2)

    def push(self, power: npt.NDArray[np.float32]) -> tuple[Shares, Shares]:
        """Power (n, bins) to shares (n,) in 0..1: of the gap to fill; and how sure that is, on
        which the next gap above should wait.
        """
        below, above = power[:, self._below].mean(1), power[:, self._above].mean(1)
        shares = [self._frame(*pair) for pair in zip(below, above, strict=True)]
        fill, sure = np.array(shares, np.float32).reshape(-1, 2).T
        return fill, sure

    def _frame(self, below: float, above: float) -> tuple[float, float]:
        if self._known:
            return 1.0, 1.0
        if below > HEARD:
            self._heard += 1
            self._sums = MEMORY * self._sums + (below, above)
        told = self._heard >= EVIDENCE
        empty = told and self._sums[1] < EMPTY * self._sums[0]
        self._open = min(max(self._open + (FADE if empty else -FADE), 0.0), 1.0)
        plain = above > max(PLAIN * below, DITHER)  # a hiss, a consonant: sound goes on up here
        self._sure = min(self._sure + FADE * (told or plain), 1.0)
        return self._open, self._sure


def is_empty(power: npt.NDArray[np.float32], gap: Gap) -> bool:
    """Whether a whole sound, power (n, bins), has nothing in the gap."""
    return bool(GapMeter(gap, known=False).push(power)[0][-1:].sum() > 0)
