"""Weights in few bits: evenly spaced values, and where to clip so that the least is lost.

The grid of each output channel is symmetric, -L..L with L = 2^(bits - 1) - 1. A clip below the
largest weight makes the grid finer for all others; with 4 bits that is worth it, with 8 it is not.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.training.compress.weights import hold, weights_of
from pellucid.training.quantise import straight_through

CLIPS = torch.linspace(0.4, 1.0, 31, dtype=torch.float64)  # of the largest weight: those tried


class Rounded(nn.Module):
    """A weight (O, ...) on the grid of each output channel; the gradient passes straight through,
    but for what is clipped.
    """

    step: Tensor

    def __init__(self, weight: Tensor, bits: int) -> None:
        super().__init__()
        self.top = top_of(bits)
        self.register_buffer("step", best_steps(weight, bits))

    def forward(self, weight: Tensor) -> Tensor:
        """The nearest that the grid has."""
        step = _column(self.step, weight)
        smooth = (weight / step).clamp(-self.top, self.top)
        return straight_through(smooth, smooth.round()) * step


def round_weights(net: nn.Module, bits: int) -> None:
    """Hold all weights to so many bits, 2 to 8, with the steps that are best for them now."""
    hold(net, {name: Rounded(weight, bits) for name, weight in weights_of(net).items()})


def best_steps(weight: Tensor, bits: int) -> Tensor:
    """The step of each output channel, (O,), that leaves the least squared error of `CLIPS`."""
    rows, top = weight.detach().double().flatten(1), top_of(bits)
    steps = rows.abs().amax(1).clamp_min(1e-8) * CLIPS[:, None] / top  # (clips, O)
    levels = (rows / steps[..., None]).round().clamp(-top, top)
    errors = (levels * steps[..., None] - rows).square().sum(2)
    best = errors.argmin(0)
    return steps.gather(0, best[None])[0].to(weight.dtype)


def top_of(bits: int) -> int:
    """The largest whole number of a grid of so many bits."""
    return (1 << (bits - 1)) - 1


def _column(values: Tensor, like: Tensor) -> Tensor:
    return values.view(-1, *[1] * (like.ndim - 1))
