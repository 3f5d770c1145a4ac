"""The concealer: how much of a guess to keep in each band, and how much noise to put in its place.

(T, B, 5, 161) frames ─▶ levels of 81 bands ─▶ two recurrent layers ─▶ two gains a band
                   └─▶ guess * one gain + noise at the guess's level * the other gain
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.audio.bands import BANDS, gather, spread
from pellucid.training.nets.gru import Gru

TOLD = 4  # numbers about the gap, in each frame's last row
LEAST = 1e-8  # power
CENTRE, SPREAD = -2.0, 3.0  # of levels, log10 of power
MOST = 1.5  # gain
KEPT, PUT = 1.0, -2.5  # where both gains begin, before the sigmoid: a repetition, hardly noise


class ConcealNet(nn.Module):
    """The network in floating point; `hidden` units in each layer."""

    gather: Tensor
    spread: Tensor

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.register_buffer("gather", torch.from_numpy(gather().T.copy()))
        self.register_buffer("spread", torch.from_numpy(spread()))
        self.take = nn.Sequential(nn.Linear(BANDS + 1 + TOLD, hidden), nn.ReLU())
        self.follow = Gru(hidden, hidden, num_layers=2)
        self.give = nn.Linear(2 * hidden, 2 * BANDS)
        with torch.no_grad():
            self.give.weight.mul_(0.1)
            self.give.bias.copy_(torch.tensor([KEPT, PUT]).repeat_interleave(BANDS))

    def start(self, batch: int) -> Tensor:
        """The state before the first frame: zeros (2, batch, hidden)."""
        return torch.zeros(2, batch, self.hidden)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """frames: float32 (T, B, 5, BINS), see `audio.gap`. Gives spectra (T, B, 2, BINS), which
        mean something for lost hops, and the state.
        """
        guess, noise, told = frames[:, :, :2], frames[:, :, 2:4], frames[:, :, 4, :TOLD]
        power = guess.square().sum(2) @ self.gather
        levels = torch.log10(power + LEAST)
        mean = levels.mean(2, keepdim=True)
        taken = self.take(torch.cat([levels - mean, (mean - CENTRE) / SPREAD, told], 2))
        followed, state = self.follow(taken, state)
        gains = MOST * torch.sigmoid(self.give(torch.cat([taken, followed], 2)))
        kept, put = gains[:, :, :BANDS], gains[:, :, BANDS:] * ((power + LEAST).sqrt() - LEAST**0.5)
        bins = torch.stack([kept, put], 2) @ self.spread  # (T, B, 2, BINS)
        return guess * bins[:, :, :1] + noise * bins[:, :, 1:], state
