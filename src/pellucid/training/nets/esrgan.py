"""ESRGAN's generator, RRDBNet (Wang et al. 2018): 23 dense blocks of blocks, x4.

A yardstick of what quality at any price costs: 64 channels, 32 more with each dense layer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pellucid.training.nets.srgan import conv

CHANNELS, GROWTH = 64, 32
BLOCKS = 23
SHARE = 0.2  # of a residual
LEAK = 0.2


class Dense(nn.Module):
    """Five convolutions, each of which sees all that came before it."""

    def __init__(self) -> None:
        super().__init__()
        inputs = [CHANNELS + GROWTH * number for number in range(5)]
        outputs = [GROWTH] * 4 + [CHANNELS]
        self.layers = nn.ModuleList(map(conv, inputs, outputs))
        self.bends = nn.ModuleList([nn.LeakyReLU(LEAK) for _ in range(4)])

    def forward(self, features: Tensor) -> Tensor:
        """(B, 64, H, W), the same again."""
        seen = features
        for layer, bend in zip(self.layers, self.bends, strict=False):
            seen = torch.cat([seen, bend(layer(seen))], 1)
        made: Tensor = features + SHARE * self.layers[-1](seen)
        return made


class DenseOfDense(nn.Module):
    """Three dense blocks, with a residual around them."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(Dense(), Dense(), Dense())

    def forward(self, features: Tensor) -> Tensor:
        """(B, 64, H, W), the same again."""
        made: Tensor = features + SHARE * self.blocks(features)
        return made


class EsrGan(nn.Module):
    """(B, 3, H, W) to (B, 3, 4H, 4W)."""

    def __init__(self) -> None:
        super().__init__()
        self.head = conv(3, CHANNELS)
        blocks = (DenseOfDense() for _ in range(BLOCKS))
        self.trunk = nn.Sequential(*blocks, conv(CHANNELS, CHANNELS))
        self.grow = nn.Sequential(*_doubled(), *_doubled())
        self.tail = nn.Sequential(conv(CHANNELS, CHANNELS), nn.LeakyReLU(LEAK), conv(CHANNELS, 3))

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge x4."""
        features = self.head(picture)
        made: Tensor = self.tail(self.grow(features + self.trunk(features)))
        return made


def _doubled() -> tuple[nn.Module, ...]:
    return nn.Upsample(scale_factor=2), conv(CHANNELS, CHANNELS), nn.LeakyReLU(LEAK)
