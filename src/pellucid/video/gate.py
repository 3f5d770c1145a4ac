"""Which bias table a picture gets: one network serves clean and hard-coded pictures alike.

    features f      int32 (36,), see `video.traces`
    gate            int32 weights G (K, 36), -8191..8191, and biases g (K,), |g| <= 2^29
    tables          for each of the first layers int32 offsets (K, O), |offset| <= 2^28

    level = the k with the largest g[k] + sum over i of G[k][i] * f[i], the lowest such k
    B'[o] = B[o] + offset[level][o] takes the place of B[o] in each layer that has a table

All sums fit int32: 36 * 8191 * 2560 + 2^29 < 2^31. The level is one for the whole picture, so
tiles agree with the frame they are cut from when they are given its level.

In a model file the gate is "gate.weight", "gate.bias" and a table for layer l is "l.offsets".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.errors import ArtifactError
from pellucid.video.traces import FEATURES

Ints = npt.NDArray[np.int32]

MAX_LEVELS = 16
MAX_WEIGHT, MAX_BIAS, MAX_OFFSET = 8191, 2**29, 2**28


@dataclass(frozen=True, eq=False)
class Gate:
    """weight: int32 (K, 36). bias: int32 (K,). offsets: int32 (K, O) for each of the first layers.

    Raises ArtifactError when a shape, dtype or bound is wrong.
    """

    weight: Ints
    bias: Ints
    offsets: tuple[Ints, ...]

    def __post_init__(self) -> None:
        """Check once, so that engines can trust what they are given."""
        levels = len(self.bias)
        _expect(1 <= levels <= MAX_LEVELS, f"1..{MAX_LEVELS} levels")
        _expect(self.weight.shape == (levels, FEATURES), f"weight: (K, {FEATURES})")
        _expect(self.bias.shape == (levels,), "bias: (K,)")
        tables = all(table.ndim == 2 and len(table) == levels for table in self.offsets)
        _expect(tables and len(self.offsets) >= 1, "offsets: (K, O) for at least one layer")
        arrays = {"weight": MAX_WEIGHT, "bias": MAX_BIAS}
        bounds = [(getattr(self, name), bound) for name, bound in arrays.items()]
        for array, bound in bounds + [(table, MAX_OFFSET) for table in self.offsets]:
            small = bool((np.abs(array.astype(np.int64)) <= bound).all())
            _expect(array.dtype == np.int32 and small, f"int32 values up to {bound}")

    @property
    def levels(self) -> int:
        """How many tables there are."""
        return len(self.bias)

    @property
    def parameters(self) -> int:
        """Everything that was trained: the gate's own numbers and the tables."""
        return self.weight.size + self.bias.size + sum(table.size for table in self.offsets)

    def level(self, features: Ints) -> int:
        """The level of a picture with these features, int32 (36,)."""
        return int(np.argmax(self.bias + self.weight @ features))


def _expect(condition: bool, what: str) -> None:
    if not condition:
        raise ArtifactError(f"gate: expected {what}")
