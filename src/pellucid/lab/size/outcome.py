"""What was measured of a rung, and how small the ladder says a network may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

NEAR = 0.05  # dB: less than that nobody sees


@dataclass(frozen=True)
class Measured:
    """gains: dB of PSNR over bicubic by held-out group. macs: for a picture of 480x360.

    on_segments, on_planes: linear pieces, means over the slices.
    """

    width: int
    depth: int
    steps: int
    parameters: int
    macs: int
    gains: Mapping[str, float]
    on_segments: float
    on_planes: float

    @property
    def gain(self) -> float:
        """The mean over the groups."""
        return fmean(self.gains.values())


def best(found: Sequence[Measured]) -> Measured:
    """The one that gains most."""
    return max(found, key=lambda one: one.gain)


def smallest_near_best(found: Sequence[Measured], near: float = NEAR) -> Measured:
    """The one of fewest parameters that gains at most `near` dB less than the best."""
    enough = [one for one in found if one.gain >= best(found).gain - near]
    return min(enough, key=lambda one: one.parameters)


def smallest_with_half(found: Sequence[Measured]) -> Measured:
    """The one of fewest parameters that has half of the best one's gain."""
    gain = best(found).gain
    enough = [one for one in found if one.gain >= min(gain, gain / 2)]
    return min(enough, key=lambda one: one.parameters)
