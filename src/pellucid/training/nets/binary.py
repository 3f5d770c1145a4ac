"""A block of one-bit weights and one-bit inputs, around which the full numbers are kept.

    x ─┬─▶ sign(x - t) ─▶ 3x3 of signs, times the mean |w| of each channel ─▶ RPReLU ─┬─▶
       └──────────────────────────────────────────────────────────────────────────────┘

XNOR-Net's product (Rastegari et al. 2016, eq. 6: one bit times one bit is an XNOR, a sum of them a
population count), in BBCU's block for restoration (Xia et al. 2023): the residual stays and there
is no batch norm, for pictures need the range that a norm takes away. Theirs stretches the input as
well; ours learns the thresholds only.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Binary(nn.Module):
    """(B, C, h, w), the same again."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, bias=False)
        self.threshold = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.before = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.bend = nn.PReLU(width)
        self.after = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, features: Tensor) -> Tensor:
        """Outside of the picture stands +1, for there is no zero."""
        signs = functional.pad(sign(features - self.threshold), (1,) * 4, value=1.0)
        weight = sign(self.conv.weight) * self.scale()
        made: Tensor = self.bend(functional.conv2d(signs, weight) + self.before) + self.after
        return features + made

    def scale(self) -> Tensor:
        """What a sign of each output channel is worth, (C, 1, 1, 1)."""
        return self.conv.weight.abs().mean((1, 2, 3), keepdim=True)

    def signs(self) -> Tensor:
        """The weights without their scales: -1 and 1."""
        return torch.where(self.conv.weight >= 0, 1, -1)


def sign(values: Tensor) -> Tensor:
    """-1 or 1; the gradient goes straight through between them and is zero beyond."""
    hard = torch.where(values >= 0, 1.0, -1.0).to(values.dtype)
    soft = values.clamp(-1, 1)
    return hard.detach() + (soft - soft.detach())
