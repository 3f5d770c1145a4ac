"""What was measured of a rung, and how small the ladder says a network may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log2
from statistics import fmean

from pellucid.lab.size.problem import Rung

NEAR = 0.05  # dB: less than that nobody sees


@dataclass(frozen=True)
class Measured:
    """gains: dB of PSNR over bicubic by held-out group. macs: for a picture of 480x360.

    on_segments, on_planes: linear pieces, means over the slices.
    """

    width: int
    depth: int
    steps: int
    seed: int
    parameters: int
    macs: int
    gains: Mapping[str, float]
    on_segments: float
    on_planes: float

    @property
    def rung(self) -> Rung:
        """What was trained."""
        return Rung(self.width, self.depth, self.steps, self.seed)

    @property
    def gain(self) -> float:
        """The mean over the groups."""
        return fmean(self.gains.values())


@dataclass(frozen=True)
class Size:
    """One size after one length of training, from several seeds."""

    each: tuple[Measured, ...]

    @property
    def one(self) -> Measured:
        """Any of them: they are of one size."""
        return self.each[0]

    @property
    def parameters(self) -> int:
        """All that is learned."""
        return self.one.parameters

    @property
    def gain(self) -> float:
        """dB over bicubic, the mean over groups and seeds."""
        return fmean(one.gain for one in self.each)

    @property
    def on_segments(self) -> float:
        """Linear pieces, the mean over slices and seeds."""
        return fmean(one.on_segments for one in self.each)

    @property
    def on_planes(self) -> float:
        """The same on planes."""
        return fmean(one.on_planes for one in self.each)

    def gains(self, group: str) -> list[float]:
        """One for each seed, the least first."""
        return sorted(one.gains[group] for one in self.each)


def sizes(found: Sequence[Measured]) -> dict[int, list[Size]]:
    """By steps, the fewest first; of each the smallest network first."""
    ordered = sorted(found, key=lambda one: (one.steps, one.parameters, one.depth, one.seed))
    grouped = groupby(ordered, key=lambda one: (one.steps, one.width, one.depth))
    each = [Size(tuple(group)) for _, group in grouped]
    return {steps: list(group) for steps, group in groupby(each, key=lambda size: size.one.steps)}


def best(found: Sequence[Size]) -> Size:
    """The one that gains most."""
    return max(found, key=lambda size: size.gain)


def smallest_near_best(found: Sequence[Size], near: float = NEAR) -> Size:
    """The one of fewest parameters that gains at most `near` dB less than the best."""
    enough = [size for size in found if size.gain >= best(found).gain - near]
    return min(enough, key=lambda size: size.parameters)


def smallest_with_half(found: Sequence[Size]) -> Size:
    """The one of fewest parameters that has half of the best one's gain."""
    gain = best(found).gain
    enough = [size for size in found if size.gain >= min(gain, gain / 2)]
    return min(enough, key=lambda size: size.parameters)


def doubling(smaller: Size, larger: Size) -> float:
    """dB that each doubling of the parameters buys from one size to another."""
    return (larger.gain - smaller.gain) / log2(larger.parameters / smaller.parameters)
