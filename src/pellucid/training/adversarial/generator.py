"""G(x, z): the networks that ship, and noise that they can be given while they are trained.

    low x ─▶ 3x3 ─▶ + ─▶ ReLU ─▶ 3x3 ─▶ ... ─▶ picture
    codes z ─▶ 3x3 ─┘

With z = 0 a level is a plain network of the integer format and nothing else, so what ships loses
nothing by leaving the noise away. Which level a picture goes through is the start model's gate's
affair, and stays so.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.training.adversarial.recipe import CELL
from pellucid.training.nets.plain import SKIPS, PlainNet, Shape, continued_input
from pellucid.training.quantise import INPUT_STEP, OUTPUT_STEP, quantise, simulate
from pellucid.video.gate import Gate
from pellucid.video.integer import GatedNetwork, IntegerNetwork, Network
from pellucid.video.scales import real_layer

NO_TRACES = torch.zeros(0)  # a level has no gate of its own
NOISE_WEIGHT = 0.003  # spread of the first weights of noise: it begins near what `stretch` asks for


class Generator(nn.Module):
    """Begun from an integer network; codes: how many numbers of noise a cell has."""

    def __init__(self, start: Network, codes: int) -> None:
        super().__init__()
        self.gate = start.gate if isinstance(start, GatedNetwork) else None
        self.levels = nn.ModuleList([float_net(one) for one in start.networks])
        width = start.networks[0].layers[0].outputs
        self.noise = nn.ModuleList(
            [nn.Conv2d(codes, width, 3, padding=1, bias=False) for _ in self.levels]
        )
        for layer in self.noise:
            assert isinstance(layer, nn.Conv2d)
            nn.init.normal_(layer.weight, 0, NOISE_WEIGHT)

    def forward(self, low: Tensor, levels: Tensor, z: Tensor | None = None) -> Tensor:
        """low (B, 1, H, W) in 0..1, levels (B,), z (B, k, h, w) a code a cell: (B, 1, 2H, 2W)."""
        made = low.new_zeros(len(low), 1, 2 * low.shape[2], 2 * low.shape[3])
        for level in sorted(set(levels.tolist())):
            own = levels == level
            made = made.index_put(
                (own.nonzero()[:, 0],), self.at(level, low[own], None if z is None else z[own])
            )
        return made

    def at(self, level: int, low: Tensor, z: Tensor | None = None) -> Tensor:
        """All of them through one level."""
        net = self.levels[level]
        assert isinstance(net, PlainNet)
        features = continued_input(low, net.shape.factor)
        for index, (weight, bias) in enumerate(net.folded()):
            if index:
                features = functional.conv2d(functional.relu(features), weight, bias, padding=1)
                continue
            features = functional.conv2d(features, weight, bias)
            if z is not None:
                features = features + self.noise[level](spread(z, features.shape[2:]))
        residual = functional.pixel_shuffle(features.float(), 2 * net.shape.factor)
        return residual + SKIPS[net.shape.skip](low)

    def exactly(self, low: Tensor, levels: Tensor) -> Tensor:
        """What the integer networks make of whole numbers 0..255, in 0..1, to train through."""
        made = low.new_zeros(len(low), 1, 2 * low.shape[2], 2 * low.shape[3])
        for level in sorted(set(levels.tolist())):
            own, net = levels == level, self.levels[level]
            assert isinstance(net, PlainNet)
            exact = simulate(net, steps_of(net), low[own], NO_TRACES) / 255
            made = made.index_put((own.nonzero()[:, 0],), exact)
        return made

    def level_of(self, traces: Tensor) -> Tensor:
        """Which level each row of traces (B, 36) is for, (B,)."""
        if self.gate is None:
            return torch.zeros(len(traces), dtype=torch.long)
        scores = self.gate.bias + traces.numpy().astype(np.int32) @ self.gate.weight.T
        return torch.from_numpy(scores.argmax(axis=1))

    def network(self) -> Network:
        """The integer network that ships: without noise."""
        nets = [net for net in self.levels if isinstance(net, PlainNet)]
        made = tuple(quantise(net, steps_of(net)).networks[0] for net in nets)
        return GatedNetwork(Gate(self.gate.weight, self.gate.bias), made) if self.gate else made[0]


def float_net(network: IntegerNetwork) -> PlainNet:
    """The float network of an integer one: quantised again by `steps_of` it is the same.

    An integer network does not say what its hidden units were worth in training, and need not: here
    one unit is worth one of the input's, in all layers.
    """
    net = PlainNet(
        Shape(network.layers[0].outputs, len(network.layers) - 2, network.factor, network.skip)
    )
    steps = steps_of(net)
    with torch.no_grad():
        for index, (own, layer) in enumerate(zip(net.folded(), network.layers, strict=True)):
            weight, bias = real_layer(layer)
            before, after = steps[index], steps[index + 1]
            own[0].copy_(torch.from_numpy(weight * (after / before)))
            own[1].copy_(torch.from_numpy(bias * after))
    return net


def steps_of(net: PlainNet) -> list[float]:
    """One unit of a hidden layer is worth one of the input's; kept all through the training."""
    return [INPUT_STEP] * len(net.layers) + [OUTPUT_STEP]


def spread(z: Tensor, size: torch.Size) -> Tensor:
    """Codes (B, k, h, w) for each cell to one for each pixel; (B, k) is one code for all cells."""
    if z.ndim == 2:
        return z[:, :, None, None].expand(*z.shape, *size)
    return functional.interpolate(z, size=size, mode="nearest")


def cells(side: int) -> int:
    """How many cells a side of so many low-resolution pixels has."""
    return side // CELL
