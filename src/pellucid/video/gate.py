"""Which of several networks a picture gets: clean and hard-coded pictures each have their own.

    features f      int32 (36,), see `video.traces`
    gate            int32 weights G (K, 36), -8191..8191, and biases g (K,), |g| <= 2^29

    level = the k with the largest g[k] + sum over i of G[k][i] * f[i], the lowest such k

All sums fit int32: 36 * 8191 * 2560 + 2^29 < 2^31. The level is one for the whole picture, so
tiles agree with the frame they are cut from when they are given its level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pellucid.errors import ArtifactError
from pellucid.video.traces import FEATURES

Ints = npt.NDArray[np.int32]

MAX_LEVELS = 16
MAX_WEIGHT, MAX_BIAS = 8191, 2**29


@dataclass(frozen=True, eq=False)
class Gate:
    """weight: int32 (K, 36). bias: int32 (K,).

    Raises ArtifactError when a shape, dtype or bound is wrong.
    """

    weight: Ints
    bias: Ints

    def __post_init__(self) -> None:
        """Check once, so that engines can trust what they are given."""
        levels = len(self.bias)
        _expect(1 <= levels <= MAX_LEVELS, f"1..{MAX_LEVELS} levels")
        _expect(self.weight.shape == (levels, FEATURES), f"weight: (K, {FEATURES})")
        _expect(self.bias.shape == (levels,), "bias: (K,)")
        for array, bound in ((self.weight, MAX_WEIGHT), (self.bias, MAX_BIAS)):
            small = bool((np.abs(array.astype(np.int64)) <= bound).all())
            _expect(array.dtype == np.int32 and small, f"int32 values up to {bound}")

    @property
    def levels(self) -> int:
        """How many networks it chooses from."""
        return len(self.bias)

    @property
    def parameters(self) -> int:
        """Its own numbers."""
        return self.weight.size + self.bias.size

    def level(self, features: Ints) -> int:
        """The level of a picture with these features, int32 (36,)."""
        return int(np.argmax(self.bias + self.weight @ features))


def _expect(condition: bool, what: str) -> None:
    if not condition:
        raise ArtifactError(f"gate: expected {what}")
