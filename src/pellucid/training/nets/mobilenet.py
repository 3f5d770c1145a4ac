"""MobileNetV2 (Sandler et al. 2018, table 2), made of inverted bottlenecks: phones' yardstick."""

from __future__ import annotations

from torch import Tensor, nn

FIRST, LAST, CLASSES = 32, 1280, 1000
STAGES = (  # expansion, channels, blocks, stride of the first
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class Bottleneck(nn.Module):
    """Wider, through each channel for itself, narrow again; added where the shape stays."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        widen = [] if expansion == 1 else normed(inputs, wide, 1)
        self.layers = nn.Sequential(
            *widen, *normed(wide, wide, 3, stride, wide), *normed(wide, outputs, 1)[:-1]
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        made: Tensor = self.layers(features)
        return features + made if self.adds else made


class MobileNetV2(nn.Module):
    """(B, 3, H, W) to (B, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        layers = normed(3, FIRST, 3, 2)
        inputs = FIRST
        for expansion, channels, count, stride in STAGES:
            for number in range(count):
                layers.append(Bottleneck(inputs, channels, expansion, 1 if number else stride))
                inputs = channels
        layers += [*normed(inputs, LAST, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        self.features, self.classify = nn.Sequential(*layers), nn.Linear(LAST, CLASSES)

    def forward(self, picture: Tensor) -> Tensor:
        """Scores of the classes."""
        scores: Tensor = self.classify(self.features(picture))
        return scores


def normed(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution without bias, batch norm, ReLU6."""
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(),
    ]
