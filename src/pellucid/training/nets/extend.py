"""The extender: how loud the bands above are, from the levels below so far."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.training.nets.gru import Gru

CENTRE, SPREAD = -2.0, 3.0  # of levels, log10 of power


class ExtendNet(nn.Module):
    """Two recurrent layers of `hidden` units between `heard` levels and `wanted` ones."""

    def __init__(self, heard: int, wanted: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.take = nn.Sequential(nn.Linear(heard + 1, hidden), nn.ReLU())
        self.follow = Gru(hidden, hidden, num_layers=2)
        self.give = nn.Linear(2 * hidden, wanted)

    def start(self, batch: int) -> Tensor:
        """The state before the first frame: zeros (2, batch, hidden)."""
        return torch.zeros(2, batch, self.hidden)

    def forward(self, levels: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """levels: float32 (T, B, heard), log10 of power. Gives (T, B, wanted), and the state.

        A gain on the input is the same gain on the output but for what the mean tells.
        """
        mean = levels.mean(2, keepdim=True)
        taken = self.take(torch.cat([levels - mean, (mean - CENTRE) / SPREAD], 2))
        followed, state = self.follow(taken, state)
        return self.give(torch.cat([taken, followed], 2)) + mean, state
