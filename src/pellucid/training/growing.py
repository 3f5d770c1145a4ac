"""Begin a network with the weights of a smaller one of its kind."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError


@torch.no_grad()
def grow(net: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Put each weight into the first rows and columns of the net's own; the rest becomes zero.

    So a network with more outputs gives what the smaller one gave, and zeros. Raises RecipeError
    where a weight is missing or has no room.
    """
    for name, mine in net.state_dict().items():
        given = weights.get(name)
        if given is None or given.ndim != mine.ndim or any(g > m for g, m in _sizes(given, mine)):
            raise RecipeError(f"start: no weights that fit {name} {tuple(mine.shape)}")
        mine.zero_()
        mine[tuple(slice(size) for size in given.shape)] = given


def _sizes(one: Tensor, other: Tensor) -> list[tuple[int, int]]:
    return list(zip(one.shape, other.shape, strict=True))
