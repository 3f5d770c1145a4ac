"""Begin a network with the weights of a smaller one of its kind, doing what that one does."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError

GATES = 3  # of a GRU, one above the other in its weights
NUMBER = re.compile(r"\.\d+\.")  # of a module in a list
STACKED = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@torch.no_grad()
def grow(net: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Put each weight into the first rows and columns of the net's own.

    What a larger layer has more begins with zeros, but for what new recurrent units hear, so that
    they have something to say; nobody listens to them yet. Channels that a convolution has more
    stay zero for good: grow units, blocks or taps. A further module of a list keeps its own
    weights, and its norms begin with zeros. Raises RecipeError where one is missing or has no room.
    """
    own = net.state_dict()
    for name in weights:
        if name not in own:
            raise RecipeError(f"start: no room for {name} {tuple(weights[name].shape)}")
    for name, mine in own.items():
        if name in weights:
            _put(name, mine, weights[name])
        elif NUMBER.sub(".0.", name, count=1) not in weights:
            raise RecipeError(f"start: no weights that fit {name} {tuple(mine.shape)}")
        elif name.endswith("norm.weight"):
            mine.zero_()


def _put(name: str, mine: Tensor, given: Tensor) -> None:
    if given.ndim != mine.ndim or any(g > m for g, m in zip(given.shape, mine.shape, strict=True)):
        raise RecipeError(f"start: no weights that fit {name} {tuple(mine.shape)}")
    if not mine.ndim:
        mine.copy_(given)
        return
    kind = name.rpartition(".")[2]
    parts = GATES if kind.startswith(STACKED) else 1
    for into, part in zip(mine.chunk(parts), given.chunk(parts), strict=True):
        hears = kind.startswith("weight_ih")
        into[: len(part) if hears else None] = 0
        into[tuple(slice(size) for size in part.shape)] = part
