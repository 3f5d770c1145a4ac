"""The classifier: odds of speech, music and noise, from what was heard so far."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.audio.hearing import INPUTS
from pellucid.training.nets.gru import Gru

KINDS = 3


class ClassifyNet(nn.Module):
    """Two recurrent layers of `hidden` units between what is heard of a frame and its odds."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.take = nn.Sequential(nn.Linear(INPUTS, hidden), nn.ReLU())
        self.follow = Gru(hidden, hidden, num_layers=2)
        self.give = nn.Linear(2 * hidden, KINDS)

    def start(self, batch: int) -> Tensor:
        """The state before the first frame: zeros (2, batch, hidden)."""
        return torch.zeros(2, batch, self.hidden)

    def forward(self, heard: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """heard: float32 (T, B, INPUTS), see `audio.hearing`. Gives log odds (T, B, KINDS), of the
        frame `audio.listen.AHEAD` before each, and the state.
        """
        taken = self.take(heard)
        followed, state = self.follow(taken, state)
        return self.give(torch.cat([taken, followed], 2)), state
