"""A plain chain of 3x3 convolutions with ReLU, pixel shuffle and a fixed skip.

The float twin of `pellucid.video.integer`: same borders, same shuffle, same skip. Shape of the
residual network follows Dong et al. 2016 (FSRCNN) and Shi et al. 2016 (ESPCN, pixel shuffle);
ours keeps one width, 3x3 kernels and ReLU only, because that is what every engine runs fast.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.video.integer import Skip


class PlainNet(nn.Module):
    """s*s -> width, depth times width -> width, width -> (2s)^2, all 3x3, ReLU between.

    Input (B, 1, H, W) in 0..1, H and W multiples of `factor`. Output (B, 1, 2H, 2W), not clipped.
    """

    def __init__(self, width: int, depth: int, factor: int, skip: Skip) -> None:
        super().__init__()
        self.factor, self.skip = factor, skip
        widths = [factor**2, *[width] * (depth + 1), (2 * factor) ** 2]
        pairs = pairwise(widths)
        self.layers = nn.ModuleList([nn.Conv2d(a, b, 3) for a, b in pairs])
        self._start_as_the_skip()

    def forward(self, low: Tensor) -> Tensor:
        """Enlarge x2 in floating point."""
        features = continued_input(low, self.factor)  # (B, s*s, h + 2, w + 2)
        for index, (weight, bias) in enumerate(self.folded()):
            if index:
                features = functional.pad(functional.relu(features), (1, 1, 1, 1))
            features = functional.conv2d(features, weight, bias)
        return functional.pixel_shuffle(features, 2 * self.factor) + SKIPS[self.skip](low)

    def folded(self) -> list[tuple[Tensor, Tensor]]:
        """Weight (O, C, 3, 3) and bias (O,) of each layer, as an engine will see them."""
        return [(layer.weight, layer.bias) for layer in self.layers]  # type: ignore[misc]

    def _start_as_the_skip(self) -> None:
        """He et al. 2015 for ReLU; the last layer small, so that training starts at the skip."""
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d)
            nn.init.kaiming_normal_(layer.weight)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            last = self.layers[-1]
            assert isinstance(last, nn.Conv2d)
            last.weight.mul_(0.1)


def continued_input(low: Tensor, factor: int) -> Tensor:
    """Replicate the border by one grid cell, then space-to-depth: (B, s*s, h + 2, w + 2)."""
    padded = functional.pad(low, (factor,) * 4, mode="replicate")
    return functional.pixel_unshuffle(padded, factor)


def nearest_skip(low: Tensor) -> Tensor:
    """(B, 1, H, W) to (B, 1, 2H, 2W) by repetition."""
    return low.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)


def bilinear_skip(low: Tensor) -> Tensor:
    """(B, 1, H, W) to (B, 1, 2H, 2W) by the 9-3-3-1 filter, edges replicated."""
    return functional.interpolate(low, scale_factor=2, mode="bilinear", align_corners=False)


SKIPS: dict[Skip, Callable[[Tensor], Tensor]] = {
    "nearest": nearest_skip,
    "bilinear": bilinear_skip,
}
