"""The short-time Fourier transform of a stream, and back: causal, and exact when nothing is done.

A window of 20 ms every 10 ms, the square root of a periodic Hann window on both ways, so that
overlapping windows add up to one (Griffin and Lim 1984, eq. 6). A bin is 50 Hz wide at every rate:
what a network learns of one rate holds for the bins that others have as well.

A hop of output is finished when the window that begins with it is complete: one hop later.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError
from pellucid.frames import Samples

Spectra = npt.NDArray[np.complex64]

HOPS_A_SECOND = 100
HOPS = 2  # a window
BIN_HZ = HOPS_A_SECOND / HOPS


def hop_of(sample_rate: int) -> int:
    """Samples a hop. Raises FrameError for a rate that 100 does not divide."""
    if sample_rate <= 0 or sample_rate % HOPS_A_SECOND:
        raise FrameError(f"sample_rate: expected a multiple of {HOPS_A_SECOND}, got {sample_rate}")
    return sample_rate // HOPS_A_SECOND


def window_of(sample_rate: int) -> npt.NDArray[np.float32]:
    """The window, float32 (HOPS * hop,)."""
    size = HOPS * hop_of(sample_rate)
    return np.sin(np.pi * np.arange(size) / size).astype(np.float32)


def steep_window_of(sample_rate: int) -> npt.NDArray[np.float32]:
    """A window for the way back whose spectrum falls twice as fast, float32 (HOPS * hop,).

    For what is made of some bins alone, so that it stays out of others. Times `window_of`, it is
    Vorbis' power complementary window squared (Xiph 2004, section 4.3.1), and adds up to one.
    """
    there = window_of(sample_rate).astype(np.float64)
    product = np.sin(np.pi / 2 * there**2) ** 2
    made = np.divide(product, there, out=np.zeros_like(there), where=there > 0)
    window: npt.NDArray[np.float32] = made.astype(np.float32)
    return window


class Stft:
    """Spectra of a stream: window k holds hops k - 1 and k, hop -1 being silence."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._hop, self._window = hop_of(sample_rate), window_of(sample_rate)
        self._past: Samples = np.zeros((channels, self._hop), np.float32)

    def push(self, hops: Samples) -> Spectra:
        """float32 (channels, n * hop) to complex64 (channels, n, bins)."""
        channels, hop = len(hops), self._hop
        windows = np.empty((channels, hops.shape[1] // hop, HOPS * hop), np.float32)
        windows[:, :, hop:] = hops.reshape(channels, -1, hop)
        windows[:, 0, :hop] = self._past
        windows[:, 1:, :hop] = windows[:, :-1, hop:]
        self._past = windows[:, -1, hop:].copy()
        windows *= self._window
        return np.fft.rfft(windows, axis=2).astype(np.complex64, copy=False)


class Istft:
    """The stream that spectra are of, one hop behind; `steep`: see `steep_window_of`."""

    def __init__(self, sample_rate: int, channels: int, steep: bool = False) -> None:
        self._hop = hop_of(sample_rate)
        self._window = steep_window_of(sample_rate) if steep else window_of(sample_rate)
        self._rest: Samples = np.zeros((channels, self._hop), np.float32)

    def push(self, spectra: Spectra) -> Samples:
        """complex64 (channels, n, bins) to float32 (channels, n * hop): hops k - 1 for window k."""
        pieces = np.fft.irfft(spectra, HOPS * self._hop, axis=2).astype(np.float32, copy=False)
        pieces *= self._window
        made = pieces[:, :, : self._hop].copy()
        made[:, 0] += self._rest
        made[:, 1:] += pieces[:, :-1, self._hop :]
        self._rest = pieces[:, -1, self._hop :].copy()
        return made.reshape(made.shape[0], -1)
