"""Weights that are set to zero for good: the smallest, by a score that compares layers.

Han et al. 2015 with the score of Lee et al. 2021 (LAMP), and torch's `prune` for the choice. Not
for the holding: `torch.nn.utils.prune` refreshes a weight before its layer is called, and our
networks hand weights to an engine without calling the layer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from pellucid.errors import FrameError
from pellucid.training.compress.weights import hold, weights_of


class Masked(nn.Module):
    """A weight that is zero where the mask, bool and of its shape, is false."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight: Tensor) -> Tensor:
        """Zeros; no gradient reaches what is zero."""
        return weight * self.mask


def prune_smallest(net: nn.Module, share: float) -> None:
    """Hold this share of all weights at zero, 0..1; those that are zero already stay so."""
    hold(net, {name: Masked(mask) for name, mask in masks(weights_of(net), share).items()})


def masks(weights: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Which weights stay, by layer. Raises FrameError for a share outside of 0..1."""
    if not 0 <= share <= 1:
        raise FrameError(f"share: expected 0..1, got {share}")
    scores = torch.cat([lamp(weight).flatten() for weight in weights.values()])
    choose = prune.L1Unstructured(share)
    kept = choose.compute_mask(scores, torch.ones_like(scores)).bool()  # type: ignore[no-untyped-call]
    parts = kept.split([weight.numel() for weight in weights.values()])
    return {
        name: part.view_as(weight)
        for (name, weight), part in zip(weights.items(), parts, strict=True)
    }


def lamp(weight: Tensor) -> Tensor:
    """Each weight's square as a share of the squares that are not smaller, same shape.

    So each layer's largest scores 1, and none is pruned away. Source: Lee et al. 2021, eq. 4.
    """
    squares = weight.flatten().double().square()
    order = squares.argsort(descending=True, stable=True)
    left = squares[order].cumsum(0).clamp_min(torch.finfo(torch.float64).tiny)
    return torch.empty_like(squares).scatter_(0, order, squares[order] / left).view_as(weight)
