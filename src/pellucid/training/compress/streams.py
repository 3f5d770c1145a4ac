"""A tensor as streams of small whole numbers, and back: which values, and where they stand.

Where most are zero: the values, and before each how many zeros (Han et al. 2016, figure 2: more
than `FAR` take a filler, "so many zeros and no value"). Else simply the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.training.compress.coding import Symbols

Array = npt.NDArray[Any]
FAR = 31  # zeros that a gap can say: 5 bits, as theirs
MOST_VALUES = 255
SPARSE = 0.5  # of the values are zero: from there on gaps are told


@dataclass(frozen=True, eq=False)
class Coded:
    """values: (k,), different and rising, of the tensor's dtype. numbers: which of them, in the
    tensor's order. gaps: zeros before each; None where zeros are values like any other.
    """

    values: Array
    numbers: Symbols
    gaps: Symbols | None


def to_streams(flat: Array) -> Coded | None:
    """Of a flat tensor; None where too many values are different to gain by it."""
    sparse = np.count_nonzero(flat) < (1 - SPARSE) * flat.size
    kept = flat[flat != 0] if sparse else flat
    values, numbers = np.unique(kept, return_inverse=True)
    if len(values) > min(MOST_VALUES, flat.size // 2):
        return None
    gaps = _gaps(np.flatnonzero(flat)) if sparse else None
    return Coded(values, numbers.astype(np.int32), gaps)


def from_streams(coded: Coded, size: int) -> Array:
    """The flat tensor of so many numbers."""
    made: Array = coded.values[coded.numbers]
    if coded.gaps is None:
        return made
    places = np.cumsum(coded.gaps + (coded.gaps < FAR)) - 1
    flat = np.zeros(size, coded.values.dtype)
    flat[places[coded.gaps < FAR]] = made
    return flat


def _gaps(places: npt.NDArray[np.int64]) -> Symbols:
    """Of rising places: a gap below FAR ends at a value, a gap of FAR does not."""
    zeros = np.diff(places, prepend=-1) - 1
    fillers, rest = zeros // FAR, zeros % FAR
    gaps = np.full(int((fillers + 1).sum()), FAR, np.int32)
    gaps[np.cumsum(fillers + 1) - 1] = rest
    return gaps
