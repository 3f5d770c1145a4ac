"""The float twin of `pellucid.video.gate`: a soft choice that training hardens.

A softmax over levels mixes the bias tables while training begins, so that gradients reach the
choice; its temperature falls until the mixture is a choice (Jang et al. 2017, without the noise).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.video.gate import MAX_BIAS, MAX_WEIGHT
from pellucid.video.traces import FEATURES

Ints = npt.NDArray[np.int32]

COLDEST = 0.1  # temperature, from three quarters of the training on


class SoftGate(nn.Module):
    """Shares of `levels` bias tables from a picture's traces, and the tables of some layers.

    widths: the outputs of each layer that has a table.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, levels: int, widths: list[int]) -> None:
        super().__init__()
        self.temperature = 1.0
        self.choice = nn.Linear(FEATURES, levels)
        self.tables = nn.ParameterList([nn.Parameter(torch.zeros(levels, n)) for n in widths])
        nn.init.normal_(self.choice.weight, 0, 0.3)
        nn.init.zeros_(self.choice.bias)
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("spread", torch.ones(FEATURES))

    def standardise(self, traces: Tensor) -> None:
        """Learn mean and spread from the traces of a training set, (N, 36)."""
        self.mean.copy_(traces.float().mean(dim=0))
        self.spread.copy_(traces.float().std(dim=0).clamp_min(1))

    def cool(self, progress: float) -> None:
        """Set the temperature by the share of training that is done."""
        self.temperature = max(COLDEST, 1 - 1.2 * progress)

    def shares(self, traces: Tensor) -> Tensor:
        """(B, 36) to (B, K), rows summing to 1: a mixture in training, one level else."""
        scores = self.choice((traces.float() - self.mean) / self.spread)
        if self.training:
            return functional.softmax(scores / self.temperature, dim=1)
        return functional.one_hot(scores.argmax(dim=1), scores.shape[1]).float()

    def in_integers(self) -> tuple[Ints, Ints]:
        """Weights (K, 36) and biases (K,) of the integer gate, as large as their bounds let them.

        Only the order of the scores counts, so one factor for all changes nothing.
        """
        weight = (self.choice.weight / self.spread).detach().double()
        bias = (self.choice.bias.double() - weight @ self.mean.double()).detach()
        largest = (float(weight.abs().max()), float(bias.abs().max()))
        scale = min(MAX_WEIGHT / max(largest[0], 1e-9), MAX_BIAS / max(largest[1], 1e-9))
        return (weight * scale).round().int().numpy(), (bias * scale).round().int().numpy()
