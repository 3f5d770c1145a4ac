"""The ladder: networks of one make, from half a thousand parameters to sixty thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pellucid.training.recipe import Recipe
from pellucid.video.model import CARD_SIZE

# Width and depth; with the recipe's factor 2, from 0.4 to 61 thousand parameters.
LADDER = ((2, 1), (4, 1), (6, 2), (8, 3), (12, 4), (16, 4), (24, 5), (32, 6))
FACTOR = 2


@dataclass(frozen=True)
class Rung:
    """A network's size; steps, seed: of its training."""

    width: int
    depth: int
    steps: int
    seed: int

    def recipe(self, base: Recipe) -> Recipe:
        """The base with this network, one level, in floating point to the end."""
        return replace(
            base, seed=self.seed, width=self.width, depth=self.depth, factor=FACTOR, levels=1,
            level_steps=0, steps=self.steps, quantise_share=0.0, strength=(1.0,),
        )  # fmt: skip

    def units(self, side: int) -> list[int]:
        """ReLUs of each layer, for a picture of side x side pixels."""
        return [self.width * (side // FACTOR) ** 2] * (self.depth + 1)


def macs(parameters_of_kernels: int) -> int:
    """Multiplications for a picture of the size that cards speak of."""
    return CARD_SIZE[0] * CARD_SIZE[1] // FACTOR**2 * parameters_of_kernels


def rungs(
    steps: Sequence[int], seeds: Sequence[int], ladder: Sequence[tuple[int, int]] = LADDER
) -> list[Rung]:
    """All, the shortest trainings first, of these the smallest."""
    return [
        Rung(width, depth, count, seed)
        for count in steps
        for width, depth in ladder
        for seed in seeds
    ]
