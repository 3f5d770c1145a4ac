"""A small network that learns from a large one, and from the truth. Source: Hinton et al. 2015.

Theirs is about classes. A picture has no soft labels: the teacher's picture stands in for them,
with the same distance as the truth's. What it can give is a target that a network can reach.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pellucid.training.batches import Batch, Batches
from pellucid.training.losses import LOSSES
from pellucid.training.nets.plain import Enlarger
from pellucid.training.recipe import Recipe
from pellucid.training.train import Training


class Taught(Training):
    """A training whose loss is partly the distance to what the teacher makes.

    taught: the teacher, and its share of the loss, 0..1.
    """

    def __init__(
        self, recipe: Recipe, batches: Batches, net: Enlarger, taught: tuple[Enlarger, float]
    ) -> None:
        super().__init__(recipe, batches, net)
        self.teacher, self.share = taught[0].eval(), taught[1]

    def loss(self, made: Tensor, batch: Batch) -> Tensor:
        """See Training."""
        with torch.no_grad():
            shown = self.teacher(batch.low / 255, batch.traces)
        own = super().loss(made, batch)
        return (1 - self.share) * own + self.share * LOSSES[self.recipe.loss](made, shown)
