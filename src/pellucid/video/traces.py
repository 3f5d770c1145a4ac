"""How hard a picture was coded, read off its luma alone: the traces that a codec leaves.

A receiver often does not know the quantiser (a browser hides it, a recording was coded twice),
so the network is told by the picture itself. Coding flattens: neighbours become equal, more so
inside transform blocks than across their borders. Noise and detail do the opposite.

This page is a format like `video.integer`: whole numbers only, the same everywhere.

1. Differences. For the rows of the picture x (H, W), and again for its columns (its transpose),
       d[j] = |x[j + 1] - x[j]|,  0 <= j < W - 1
       s[j] = |x[j] - 2 x[j + 1] + x[j + 2]|,  0 <= j < W - 2
2. Four histograms of nine bins, value v in bin min(v, 8), both directions counted together:
   of d where j mod 8 = 7 (across borders of 8x8 blocks), where j mod 8 = 3 (of 4x4 blocks only),
   where j mod 4 is not 3 (inside blocks), and of all s.
3. Features. With c the count of a bin and T its histogram's total, n = (1024 c) div T + 1 (n = 1
   where T = 0), e = floor(log2 n), the feature is 256 e + ((256 n) >> e) - 256: a logarithm in
   256ths, linear between powers of two. 36 of them, histogram by histogram, 0..2560.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pellucid import _native

Ints = npt.NDArray[np.int64]
Luma = npt.NDArray[np.uint8]
Features = npt.NDArray[np.int32]

HISTOGRAMS, BINS = 4, 9
FEATURES = HISTOGRAMS * BINS


def traces_of(picture: Luma) -> Features:
    """The features of uint8 luma (H, W): int32 (36,)."""
    counts = np.empty((HISTOGRAMS, BINS), np.int64)
    touching = picture if picture.strides[1] == 1 else np.ascontiguousarray(picture)
    _native.count_traces(touching, counts)
    return features(counts)


def reference_counts(picture: Luma) -> Ints:
    """Point 2 for uint8 (H, W): int64 (4, 9)."""
    signed = picture.astype(np.int16)
    return _counts_of_rows(signed) + _counts_of_rows(signed.T)


def features(counts: Ints) -> Features:
    """Point 3: counts (4, 9) to int32 (36,)."""
    totals = counts.sum(axis=1, keepdims=True)
    n = 1024 * counts // np.maximum(totals, 1) + 1
    e = np.array([int(value).bit_length() - 1 for value in n.ravel()]).reshape(n.shape)
    logarithm: Features = (256 * e + ((256 * n) >> e) - 256).astype(np.int32)
    return logarithm.ravel()


def _counts_of_rows(rows: npt.NDArray[np.int16]) -> Ints:
    first = np.abs(rows[:, 1:] - rows[:, :-1])
    second = np.abs(rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:])
    place = np.arange(first.shape[1])
    chosen = (
        first[:, place % 8 == 7],
        first[:, place % 8 == 3],
        first[:, place % 4 != 3],
        second,
    )
    return np.stack([np.bincount(np.minimum(v, 8).ravel(), minlength=BINS) for v in chosen])
