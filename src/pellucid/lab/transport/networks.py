"""Maps learned from pairs: T alone, the surface alone, and both in one training.

The networks are plain: two hidden layers of SiLU, inputs and outputs scaled to a variance of 1,
Adam with half a cosine, squared errors. What they learn from is the exact transport.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.training.transport.arrays import Array

Map = Callable[[Array], Array]
# Draws inputs and what a map should make of them.
Pairs = Callable[[int], tuple[Array, Array]]
BATCH = 512
RATE = 0.005  # Adam's
SCALED = 4096  # pairs from which the scales are taken


@dataclass(frozen=True, eq=False)
class Learned:
    """A trained map. parameters: how many. loss: squared errors over the variance, at the end."""

    net: nn.Module
    parameters: int
    loss: float

    def __call__(self, points: Array) -> Array:
        """Of points (K, D), where they go."""
        with torch.no_grad():
            made: Tensor = self.net(torch.from_numpy(points).float())
        return made.double().numpy()


class Scaled(nn.Module):
    """hidden: units of each of the two hidden layers. Means and deviations are of the pairs."""

    def __init__(self, hidden: int, inputs: Tensor, outputs: Tensor) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(inputs.shape[1], hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(),
            nn.Linear(hidden, outputs.shape[1]),
        )  # fmt: skip
        self.middle, self.spread = inputs.mean(0), inputs.std(0)
        self.target, self.unit = outputs.mean(0), outputs.std(0)

    def forward(self, points: Tensor) -> Tensor:
        """Of points (K, D), (K, E)."""
        made = self.layers((points - self.middle) / self.spread)
        return torch.as_tensor(made * self.unit + self.target)


def learn(pairs: Pairs, hidden: int, steps: int, seed: int) -> Learned:
    """A map from fresh pairs each step; the seed sets the weights, the pairs bring their own."""
    torch.manual_seed(seed)
    inputs, outputs = (torch.from_numpy(x).float() for x in pairs(SCALED))
    net = Scaled(hidden, inputs, outputs)
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    losses = []
    for _ in range(steps):
        inputs, outputs = (torch.from_numpy(x).float() for x in pairs(BATCH))
        wrong = (net(inputs) - outputs) / net.unit
        loss = wrong.square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(float(loss.detach()))
    last = losses[-max(steps // 10, 1) :]
    return Learned(net, sum(p.numel() for p in net.parameters()), float(np.mean(last)))
