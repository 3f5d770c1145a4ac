"""VGG16 (Simonyan and Zisserman 2015, configuration D): what networks used to weigh."""

from __future__ import annotations

from torch import Tensor, nn

from pellucid.training.nets.srgan import conv

STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # channels, convolutions
GRID = 7  # that the dense layers see
WIDE, CLASSES = 4096, 1000


class Vgg16(nn.Module):
    """(B, 3, H, W) to (B, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 3
        for channels, count in STAGES:
            for _ in range(count):
                layers += [conv(inputs, channels), nn.ReLU()]
                inputs = channels
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(GRID), nn.Flatten())
        self.classify = nn.Sequential(
            nn.Linear(inputs * GRID**2, WIDE), nn.ReLU(),
            nn.Linear(WIDE, WIDE), nn.ReLU(),
            nn.Linear(WIDE, CLASSES),
        )  # fmt: skip

    def forward(self, picture: Tensor) -> Tensor:
        """Scores of the classes."""
        scores: Tensor = self.classify(self.features(picture))
        return scores
