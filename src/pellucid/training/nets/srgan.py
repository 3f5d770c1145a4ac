"""SRGAN's generator as it is commonly built since: SRResNet without batch norm, x4.

A yardstick of what a network for single pictures costs (Ledig et al. 2017; Lim et al. 2017 took the
batch norm out): 16 residual blocks of 64 channels, two steps of pixel shuffle.
"""

from __future__ import annotations

from torch import Tensor, nn

CHANNELS = 64
BLOCKS = 16


class Residual(nn.Module):
    """Two convolutions with a ReLU between, added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.bend = conv(CHANNELS, CHANNELS), nn.ReLU()
        self.second = conv(CHANNELS, CHANNELS)

    def forward(self, features: Tensor) -> Tensor:
        """(B, 64, H, W), the same again."""
        made: Tensor = features + self.second(self.bend(self.first(features)))
        return made


class SrGan(nn.Module):
    """(B, 3, H, W) to (B, 3, 4H, 4W)."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(conv(3, CHANNELS), nn.ReLU())
        self.trunk = nn.Sequential(*(Residual() for _ in range(BLOCKS)), conv(CHANNELS, CHANNELS))
        self.grow = nn.Sequential(*_doubled(), *_doubled())
        self.tail = nn.Sequential(conv(CHANNELS, CHANNELS), nn.ReLU(), conv(CHANNELS, 3))

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge x4."""
        features = self.head(picture)
        made: Tensor = self.tail(self.grow(features + self.trunk(features)))
        return made


def conv(inputs: int, outputs: int) -> nn.Conv2d:
    """3x3, the size kept."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _doubled() -> tuple[nn.Module, ...]:
    return conv(CHANNELS, 4 * CHANNELS), nn.PixelShuffle(2), nn.ReLU()
