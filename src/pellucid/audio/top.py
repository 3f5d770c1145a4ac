"""What lies above a network's band takes the gain that the top of that band got."""

from __future__ import annotations

import numpy as np

from pellucid.audio.bands import BINS
from pellucid.audio.session import Array
from pellucid.audio.stft import Spectra

TOP = slice(110, BINS)  # bins, 5.5 to 8 kHz, whose gain stands for all above
QUIET = 1e-12  # power, so that silence has a gain
MOST = 1.0  # gain above 8 kHz


def gain_of_top(before: Spectra, after: Spectra) -> Array:
    """float32 (n, 1): what the top of the band was multiplied by, of spectra (n, BINS or more)."""
    powers = (np.square(np.abs(x[:, TOP])).sum(1, keepdims=True) for x in (before, after))
    one, other = powers
    gain: Array = np.minimum(np.sqrt((other + QUIET) / (one + QUIET)), MOST).astype(np.float32)
    return gain
