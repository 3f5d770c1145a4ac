"""The classifier: odds of speech, music and noise, from the levels so far."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.audio.bands import BANDS
from pellucid.training.nets.gru import Gru

CENTRE, SPREAD = -2.0, 3.0  # of levels, log10 of power
KINDS = 3


class ClassifyNet(nn.Module):
    """Two recurrent layers of `hidden` units between the levels of a frame and its odds."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.take = nn.Sequential(nn.Linear(BANDS + 1, hidden), nn.ReLU())
        self.follow = Gru(hidden, hidden, num_layers=2)
        self.give = nn.Linear(2 * hidden, KINDS)

    def start(self, batch: int) -> Tensor:
        """The state before the first frame: zeros (2, batch, hidden)."""
        return torch.zeros(2, batch, self.hidden)

    def forward(self, levels: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """levels: float32 (T, B, BANDS), see `audio.listen.heard`. Gives log odds (T, B, KINDS), of
        the frame `audio.listen.AHEAD` before each, and the state.
        """
        mean = levels.mean(2, keepdim=True)
        taken = self.take(torch.cat([levels - mean, (mean - CENTRE) / SPREAD], 2))
        followed, state = self.follow(taken, state)
        return self.give(torch.cat([taken, followed], 2)), state
