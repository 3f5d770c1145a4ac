"""Chroma x2 by a cubic in whole numbers, placed where the chroma samples really lie.

Like the network, this is a format: every engine gives the bytes of `reference`.

Along one axis, output samples 2n and 2n + 1 are weighted sums of four neighbouring input samples
(edges replicated), with 7-bit weights of the Catmull-Rom cubic (Keys 1981, a = -0.5):

    phase       output   first sample   weights / 128
    centered    2n       n - 2          -3   29  111   -9      at n - 1/4
                2n + 1   n - 1          -9  111   29   -3      at n + 1/4
    cosited     2n       n - 2          -1   12  123   -6      at n - 1/8
                2n + 1   n - 1          -9   93   50   -6      at n + 3/8

Rows first, then columns:  h = (sum + 1) >> 1   (fits int16);  v = sat8((sum + 4096) >> 13).

Why two phases: doubling a picture moves pixel centres. A plane whose samples sit in the middle
of the luma they cover ("centered") grows like luma itself. Subsampled chroma that shares its
place with every other luma sample ("cosited": MPEG-2's left siting, across) does not, and
treating it alike shifts colour by a quarter of an output pixel.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from pellucid import _native
from pellucid.frames import Plane, VideoFrame

Phase = Literal["centered", "cosited"]
Ints = npt.NDArray[np.int32]

WEIGHTS: dict[Phase, tuple[tuple[int, int, int, int], tuple[int, int, int, int]]] = {
    "centered": ((-3, 29, 111, -9), (-9, 111, 29, -3)),
    "cosited": ((-1, 12, 123, -6), (-9, 93, 50, -6)),
}


def phases(frame: VideoFrame) -> tuple[Phase, Phase]:
    """How a frame's chroma lies down and across: only a subsampled axis can be cosited."""
    down, across = frame.subsampling
    top = frame.siting == "topleft" and down == 2
    left = frame.siting in ("left", "topleft") and across == 2
    return ("cosited" if top else "centered"), ("cosited" if left else "centered")


def enlarge(plane: Plane, size: tuple[int, int], phases: tuple[Phase, Phase]) -> Plane:
    """The native twin of `reference`: uint8 (H, W) to uint8 `size`, at most (2H, 2W)."""
    out = np.empty(size, np.uint8)
    enlarge_into(plane, out, phases)
    return out


def enlarge_into(plane: Plane, out: Plane, phases: tuple[Phase, Phase]) -> None:
    """Into a plane of the caller's, whose columns touch."""
    _native.enlarge_chroma(_native.Colour(np.ascontiguousarray(plane), out, *phases))


def reference(plane: Plane, vertical: Phase, horizontal: Phase) -> Plane:
    """Enlarge a plane x2: uint8 (H, W) to uint8 (2H, 2W). Slow, and the law for every engine."""
    return np.clip(cubic(plane.astype(np.int32), vertical, horizontal), 0, 255).astype(np.uint8)


def cubic(values: Ints, vertical: Phase, horizontal: Phase) -> Ints:
    """The same before saturation, for values that may be negative: int32 (H, W) to (2H, 2W)."""
    across = _sums(values.T, horizontal).T
    return (_sums((across + 1) >> 1, vertical) + 4096) >> 13


def _sums(rows: Ints, phase: Phase) -> Ints:
    """Weighted sums along the first axis: (N, M) to (2N, M)."""
    count = rows.shape[0]
    padded = np.pad(rows, ((2, 2), (0, 0)), mode="edge")
    made = np.zeros((2 * count, rows.shape[1]), np.int32)
    for parity, weights in enumerate(WEIGHTS[phase]):
        for tap, weight in enumerate(weights):
            made[parity::2] += weight * padded[parity + tap : parity + tap + count]
    return made
