"""A plain chain of 3x3 convolutions with ReLU, pixel shuffle and a fixed skip.

The float twin of `pellucid.video.integer`: same borders, same shuffle, same skip, same gate. The
residual network follows Dong et al. 2016 (FSRCNN) and Shi et al. 2016 (ESPCN, pixel shuffle);
ours keeps one width, 3x3 kernels and ReLU only, because that is what every engine runs fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.training.nets.gate import SoftGate
from pellucid.video.integer import Skip

GATED_LAYERS = 2  # have a bias table; a third gained nothing


@dataclass(frozen=True)
class Shape:
    """s*s -> width, depth times width -> width, width -> (2s)^2, all 3x3, ReLU between.

    factor: s. levels: of the gate; with 1 there is none.
    """

    width: int
    depth: int
    factor: int
    skip: Skip
    levels: int = 1

    @property
    def widths(self) -> list[int]:
        """Channels of the input and of each layer's output."""
        return [self.factor**2, *[self.width] * (self.depth + 1), (2 * self.factor) ** 2]


class Enlarger(nn.Module):
    """Input (B, 1, H, W) in 0..1, H and W multiples of the factor, and traces (B, 36).

    Output (B, 1, 2H, 2W), not clipped. gate: what looks at the traces, if anything does.
    """

    gate: SoftGate | None  # without a value here: a class's would hide the module of that name


class PlainNet(Enlarger):
    """See `Shape`; the one kind that becomes an integer network."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.layers = nn.ModuleList([nn.Conv2d(a, b, 3) for a, b in pairwise(shape.widths)])
        gated = shape.widths[1 : 1 + min(GATED_LAYERS, len(self.layers))]
        self.gate = SoftGate(shape.levels, gated) if shape.levels > 1 else None
        self._start_as_the_skip()

    def forward(self, low: Tensor, traces: Tensor) -> Tensor:
        """Enlarge x2 in floating point."""
        *_, features = self.hidden(low, traces)
        residual = functional.pixel_shuffle(features.float(), 2 * self.shape.factor)
        return residual + SKIPS[self.shape.skip](low)

    def hidden(self, low: Tensor, traces: Tensor) -> Iterator[Tensor]:
        """The output of each layer before its ReLU, (B, C, h, w)."""
        offsets = self.offsets(traces)
        features = continued_input(low, self.shape.factor)  # (B, s*s, h + 2, w + 2)
        for index, (weight, bias) in enumerate(self.folded()):
            if index:
                features = functional.conv2d(functional.relu(features), weight, bias, padding=1)
            else:
                features = functional.conv2d(features, weight, bias)
            if index < len(offsets):
                features = features + offsets[index][:, :, None, None].to(features.dtype)
            yield features

    def offsets(self, traces: Tensor) -> list[Tensor]:
        """What the gate adds to the biases of the first layers, (B, O) each."""
        if self.gate is None:
            return []
        shares = self.gate.shares(traces)
        return [shares @ table for table in self.gate.tables]

    def folded(self) -> list[tuple[Tensor, Tensor]]:
        """Weight (O, C, 3, 3) and bias (O,) of each layer, as an engine will see them."""
        return [(layer.weight, layer.bias) for layer in self.layers]  # type: ignore[misc]

    def at(self, level: int) -> PlainNet:
        """The network that a picture of this level goes through, without a gate; a copy."""
        one = PlainNet(replace(self.shape, levels=1))
        state = {key: v for key, v in self.state_dict().items() if not key.startswith("gate.")}
        for index, table in enumerate(self.gate.tables if self.gate else ()):
            state[f"layers.{index}.bias"] = state[f"layers.{index}.bias"] + table.detach()[level]
        one.load_state_dict(state)
        return one

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
