"""What a network that hears 8 kHz gets of spectra at any rate, and what it means for all bins.

What lies above its band takes the gain that the top of that band got.
"""

from __future__ import annotations

import numpy as np

from pellucid.audio.bands import BINS
from pellucid.audio.session import Array
from pellucid.audio.stft import Spectra, hop_of

NETWORK_HOP = 160  # samples: what networks were trained on, at 16 kHz
TOP = slice(110, BINS)  # bins, 5.5 to 8 kHz, whose gain stands for all above
QUIET = 1e-12  # power, so that silence has a gain
MOST = 1.0  # gain above 8 kHz
# What soxr's low-pass leaves of the power of the last bins of noise that it brings to 16 kHz.
ROLLED_OFF_DB = (-0.5, -1.3, -2.9, -5.5, -9.5, -15.0, -22.2, -31.2, -39.2, -42.5, -43.3)


def scale_of(sample_rate: int) -> np.float32:
    """What spectra at a rate are multiplied by to be as loud as the network's."""
    return np.float32(NETWORK_HOP / hop_of(sample_rate))


def roll_off(sample_rate: int) -> Array:
    """float32 (bins,): what the power of sound above 16 kHz is multiplied by to be as networks know
    it, who were trained on sound that was resampled. Ones for lower rates.
    """
    share = np.ones(hop_of(sample_rate) + 1, np.float32)
    if share.size > BINS:
        share[BINS - len(ROLLED_OFF_DB) : BINS] = 10 ** (np.array(ROLLED_OFF_DB) / 10)
    return share


def scales_of(sample_rate: int) -> Array:
    """float32 (BINS,): `scale_of` of each bin, and what `roll_off` leaves of it."""
    share = np.ones(BINS, np.float32)
    left = np.sqrt(roll_off(sample_rate)[:BINS])
    share[: left.size] = left
    return share * scale_of(sample_rate)


def to_frames(spectra: Spectra, scale: np.float32 | Array) -> Array:
    """complex (n, bins) as a network takes it: float32 (n, 2, BINS), silent above the band.

    scale: one, or one a bin (BINS,).
    """
    frames = np.zeros((len(spectra), 2, BINS), np.float32)
    shared = min(BINS, spectra.shape[1])
    frames[:, 0, :shared] = spectra.real[:, :shared]
    frames[:, 1, :shared] = spectra.imag[:, :shared]
    frames *= scale
    return frames


def to_spectra(made: Array, spectra: Spectra, scale: np.float32 | Array) -> Spectra:
    """What a network made of spectra (n, bins), in all their bins; undoes `to_frames`."""
    whole, shared = np.empty_like(spectra), min(BINS, spectra.shape[1])
    whole.real[:, :shared] = (made[:, 0] / scale)[:, :shared]
    whole.imag[:, :shared] = (made[:, 1] / scale)[:, :shared]
    if spectra.shape[1] > BINS:
        whole[:, BINS:] = spectra[:, BINS:] * _gain_of_top(spectra, whole)
    return whole


def _gain_of_top(before: Spectra, after: Spectra) -> Array:
    """float32 (n, 1): what the top of the band was multiplied by."""
    one, other = (np.square(np.abs(x[:, TOP])).sum(1, keepdims=True) for x in (before, after))
    gain: Array = np.minimum(np.sqrt((other + QUIET) / (one + QUIET)), MOST).astype(np.float32)
    return gain
