"""The integer network as torch modules, which every other format is made from.

Both are chains of ordinary convolutions: the border and the split into cells of `video.integer`'s
point 1 are one padding and one strided convolution, its skips one fixed convolution. So nothing
depends on the picture's size, and no runtime needs an operator that is rare.

`ExactNet` keeps to whole numbers, and to a power of two times them, that float32 holds exactly: any
runtime that adds in float32 gives the bytes of `video.integer.reference`. `FloatNet` leaves the
rounding out, for runtimes that round in their own way anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.errors import ExportError
from pellucid.video.integer import IntegerNetwork, Layer, Skip

Floats = npt.NDArray[np.float64]
WHOLE = 2**24  # float32 holds every whole number up to here
WHITE = 255
SIXTEENTHS = 16
HALF = 1 << 14  # of the Q15 multiply
# What a skip reads around a pixel for each of the four it becomes, in sixteenths: up or down, left
# or right.
NEAREST = (np.array([0, 4, 0]), np.array([0, 4, 0]))
BILINEAR = (np.array([1, 3, 0]), np.array([0, 3, 1]))
SKIP_ROWS: dict[Skip, tuple[npt.NDArray[np.int64], ...]] = {
    "nearest": NEAREST,
    "bilinear": BILINEAR,
}


class ExactNet(nn.Module):
    """Luma uint8 (1, 1, H, W) to uint8 (1, 1, 2H, 2W), the bytes of the integer network.

    Raises ExportError for a network whose sums could leave what float32 holds.
    """

    def __init__(self, network: IntegerNetwork) -> None:
        super().__init__()
        check_sums(network)
        self.chain = _Chain(network, [_shifted(layer) for layer in network.layers])
        *hidden, last = network.layers
        self.roundings = nn.ModuleList([_HiddenRounding(layer) for layer in hidden])
        self.last = _LastRounding(last)

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge x2."""
        low = picture.to(torch.float32)
        residual = self.last(self.chain.residual(low, self.roundings))
        sixteenths = self.chain.enlarged(low, residual)
        output = torch.floor((sixteenths + SIXTEENTHS // 2) * (1 / SIXTEENTHS))
        return output.clamp(0, WHITE).to(torch.uint8)


class FloatNet(nn.Module):
    """Luma float (1, 1, H, W) in 0..255 to float (1, 1, 2H, 2W) in 0..255, not rounded."""

    def __init__(self, network: IntegerNetwork) -> None:
        super().__init__()
        scaled = [_scaled(layer, SIXTEENTHS) for layer in network.layers[-1:]]
        scaled = [*(_scaled(layer) for layer in network.layers[:-1]), *scaled]
        self.chain = _Chain(network, scaled, SIXTEENTHS)
        self.limits = nn.ModuleList([_Limit() for _ in network.layers[:-1]])

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge x2."""
        residual = self.chain.residual(picture, self.limits)
        return self.chain.enlarged(picture, residual).clamp(0, WHITE)


def traced_net(network: IntegerNetwork, size: tuple[int, int]) -> torch.jit.ScriptModule:
    """The float network as TorchScript, for converters that read that; size: (height, width)."""
    net, picture = FloatNet(network).eval(), torch.zeros(1, 1, *size)
    traced: torch.jit.ScriptModule = torch.jit.trace(net, picture)  # type: ignore[no-untyped-call]
    return traced


def check_sums(network: IntegerNetwork) -> None:
    """Raise ExportError unless every sum of a layer, rounding included, stays below 2^24."""
    for number, layer in enumerate(network.layers):
        taps = np.abs(layer.weight.astype(np.int64)).sum(axis=(1, 2, 3))
        largest = int((taps * WHITE + np.abs(layer.bias.astype(np.int64))).max()) + _half(layer)
        if largest >= WHOLE:
            raise ExportError(
                f"layer {number}: its sums reach {largest}, and float32 is exact below {WHOLE} only"
            )


class _Chain(nn.Module):
    """The convolutions, their borders and the skip; what happens between them is told."""

    def __init__(
        self,
        network: IntegerNetwork,
        numbers: Sequence[tuple[Floats, Floats]],
        skip_unit: int = 1,
    ) -> None:
        super().__init__()
        self.factor = network.factor
        self.margin = network.layers[0].kernel // 2 * self.factor
        (weight, bias), *rest = numbers
        strided = _over_cells(weight, self.factor)
        self.first = _convolution(strided, bias, stride=self.factor)
        self.rest = nn.ModuleList(
            [_convolution(weight, bias, padding=weight.shape[2] // 2) for weight, bias in rest]
        )
        skip = skip_kernel(network.skip) / skip_unit
        self.skip = _convolution(skip, np.zeros(4))

    def residual(self, low: Tensor, between: nn.ModuleList) -> Tensor:
        """What the last convolution makes, (1, (2s)^2, h, w); `between` follows each but it."""
        features: Tensor = self.first(_continued(low, self.margin, self.margin + self.factor - 1))
        for after, convolution in zip(between, self.rest, strict=True):
            features = convolution(after(features))
        return features

    def enlarged(self, low: Tensor, residual: Tensor) -> Tensor:
        """The skip and the residual on it, (1, 1, 2H, 2W)."""
        skip = self.skip(_continued(low, 1, 1))
        if self.factor == 1:
            return functional.pixel_shuffle(skip + residual, 2)
        grown = functional.pixel_shuffle(residual, 2 * self.factor)
        return grown[:, :, : 2 * low.shape[2], : 2 * low.shape[3]] + functional.pixel_shuffle(
            skip, 2
        )


class _HiddenRounding(nn.Module):
    """Points 3 and 4 for sums that come shifted: 0..255.

    A value past the least one that comes out as 255 is cut there, so that its product with the
    multiplier stays below 2^24.
    """

    most: Tensor
    scale: Tensor

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        multiplier = layer.multiplier.astype(np.int64)
        enough = -(-((WHITE << 15) - HALF) // np.maximum(multiplier, 1))
        self.register_buffer("most", _column(np.minimum(enough, 32767)))
        self.register_buffer("scale", _column(multiplier / 2**15))

    def forward(self, shifted: Tensor) -> Tensor:
        """Round, cut, multiply, round."""
        t = torch.minimum(functional.relu(torch.floor(shifted)), self.most)
        return torch.floor(t * self.scale + 0.5)


class _LastRounding(nn.Module):
    """Point 3 for sums that come shifted, of the last layer: any 16-bit value.

    t * M needs 31 bits. With t = 256 a + b, (t * M + 2^14) >> 15 is
    (a * M + ((b * M + 2^14) >> 8)) >> 7, and no part needs more than 24.
    """

    multiplier: Tensor

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.register_buffer("multiplier", _column(layer.multiplier))

    def forward(self, shifted: Tensor) -> Tensor:
        """Round, saturate, multiply in two parts, round."""
        t = torch.floor(shifted).clamp(-32768, 32767)
        high = torch.floor(t * (1 / 256))
        low = torch.floor(((t - high * 256) * self.multiplier + HALF) * (1 / 256))
        return torch.floor((high * self.multiplier + low) * (1 / 128))


class _Limit(nn.Module):
    """Point 4 without rounding."""

    def forward(self, features: Tensor) -> Tensor:
        """Clamp to 0..255."""
        return features.clamp(0, WHITE)


def skip_kernel(skip: Skip) -> Floats:
    """The skip as a convolution of the continued picture, (4, 1, 3, 3), in sixteenths."""
    rows = SKIP_ROWS[skip]
    return np.stack([np.outer(rows[a], rows[b]) for a in (0, 1) for b in (0, 1)])[:, None] * 1.0


def _shifted(layer: Layer) -> tuple[Floats, Floats]:
    """Weights and biases whose sums come divided by 2^S, the half step for rounding in them."""
    bias = layer.bias.astype(np.int64) + _half(layer)
    return layer.weight / 2.0**layer.shift, bias / 2.0**layer.shift


def _scaled(layer: Layer, unit: int = 1) -> tuple[Floats, Floats]:
    """Weights and biases whose sums come requantised, but for rounding, and divided by `unit`."""
    scale = layer.multiplier / (2.0 ** (15 + layer.shift) * unit)
    return layer.weight * scale[:, None, None, None], layer.bias * scale


def _over_cells(weight: Floats, factor: int) -> Floats:
    """Weights for a cell's channels, (O, s*s, k, k), as weights for pixels, (O, 1, ks, ks)."""
    outputs, _, kernel, _ = weight.shape
    apart = weight.reshape(outputs, factor, factor, kernel, kernel).transpose(0, 3, 1, 4, 2)
    return apart.reshape(outputs, 1, kernel * factor, kernel * factor)


def _convolution(weight: Floats, bias: Floats, stride: int = 1, padding: int = 0) -> nn.Conv2d:
    outputs, inputs, kernel, _ = weight.shape
    made = nn.Conv2d(inputs, outputs, kernel, stride, padding)
    made.weight = nn.Parameter(torch.from_numpy(weight).to(torch.float32), requires_grad=False)
    made.bias = nn.Parameter(torch.from_numpy(bias).to(torch.float32), requires_grad=False)
    return made


def _continued(low: Tensor, before: int, after: int) -> Tensor:
    return functional.pad(low, (before, after, before, after), mode="replicate")


def _column(values: npt.NDArray[np.generic]) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))[:, None, None]


def _half(layer: Layer) -> int:
    return 1 << (layer.shift - 1) if layer.shift else 0
