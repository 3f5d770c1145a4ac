"""Where the bands lie that the networks hear and turn down: evenly in mel, from 0 to 8 kHz."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.audio.bands import BINS, TOP_HZ
from pellucid.audio.stft import BIN_HZ

BANDS = 24


def members() -> npt.NDArray[np.float32]:
    """float32 (BANDS, BINS): 1 where a bin belongs to a band; each bin belongs to one.

    Source: O'Shaughnessy 1987, the mel as 2595 log10(1 + f / 700).
    """
    mel = np.linspace(0, np.log10(1 + TOP_HZ / 700), BANDS + 1)
    edges = np.round(700 * (10**mel - 1) / BIN_HZ).astype(int)
    edges[-1] = BINS
    bins = np.arange(BINS)
    inside = (edges[:-1, None] <= bins) & (bins < edges[1:, None])
    return inside.astype(np.float32)
