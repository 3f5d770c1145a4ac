"""What a way of making smaller left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """bytes: of the packed file, the first one's of plain float32. nonzero: share of the weights.

    si_sdr in dB, pesq (-0.5 to 4.64): means over held-out mixtures.
    """

    way: str
    bytes: int
    nonzero: float
    si_sdr: float
    pesq: float
