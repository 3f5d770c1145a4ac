"""The bands that voice networks hear: low bins one by one, higher ones as the ear joins them.

Above `LOW` bins the edges lie evenly on the scale of equivalent rectangular bandwidths (Glasberg
and Moore 1990, eq. 4), up to 8 kHz. A bin is 50 Hz wide, see `stft`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pellucid.audio.stft import BIN_HZ

Matrix = npt.NDArray[np.float32]

TOP_HZ = 8_000
BINS = round(TOP_HZ / BIN_HZ) + 1  # 161, of a voice at 16 kHz
LOW = 41  # bins that are bands of their own
HIGH = 40  # bands above them
BANDS = LOW + HIGH


def gather() -> Matrix:
    """float32 (BANDS, BINS): the mean of each band's bins."""
    matrix = _members()
    mean: Matrix = matrix / matrix.sum(1, keepdims=True)
    return mean


def spread() -> Matrix:
    """float32 (BANDS, BINS): each bin takes the value of its band."""
    return _members()


def _members() -> Matrix:
    """1 where a bin belongs to a band; each bin belongs to one."""
    edges = _edges()
    matrix = np.zeros((BANDS, BINS), np.float32)
    matrix[:LOW, :LOW] = np.eye(LOW)
    for band, (start, end) in enumerate(pairwise(edges)):
        matrix[LOW + band, start:end] = 1
    return matrix


def _edges() -> list[int]:
    """The first bin of each band above the low ones, and the end; every band has a bin."""
    ear = np.linspace(_erb(LOW * BIN_HZ), _erb(TOP_HZ), HIGH + 1)
    wished = np.round(((10 ** (ear / 21.4) - 1) / 0.00437) / BIN_HZ).astype(int)
    edges = [LOW]
    for number, edge in enumerate(wished[1:], start=1):
        edges.append(int(min(max(edge, edges[-1] + 1), BINS - (HIGH - number))))
    return [*edges[:-1], BINS]


def _erb(hertz: float) -> float:
    return float(21.4 * np.log10(1 + 0.00437 * hertz))
