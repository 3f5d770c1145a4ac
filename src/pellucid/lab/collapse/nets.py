"""Small networks of several seeds in one: every weight has the seeds as its first dimension."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


class Layers(nn.Module):
    """ReLU between layers of these widths, once for each seed; (S, B, first) to (S, B, last).

    Each seed's weights come from a stream of its own, so that they do not depend on the others.
    Uniform in ±1/√inputs, as torch's own linear layers begin.
    """

    def __init__(self, widths: Sequence[int], streams: Sequence[torch.Generator]) -> None:
        super().__init__()
        pairs = list(pairwise(widths))
        self.weights = nn.ParameterList(_drawn((a, b), a, streams) for a, b in pairs)
        self.biases = nn.ParameterList(_drawn((1, b), a, streams) for a, b in pairs)

    def forward(self, x: Tensor) -> Tensor:
        """Of inputs (S, B, first), (S, B, last)."""
        last = len(self.weights) - 1
        for index, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ weight + bias
            x = x.relu() if index < last else x
        return x


def _drawn(shape: tuple[int, int], inputs: int, streams: Sequence[torch.Generator]) -> nn.Parameter:
    parts = [2 * torch.rand(shape, generator=stream) - 1 for stream in streams]
    return nn.Parameter(torch.stack(parts) / inputs**0.5)
