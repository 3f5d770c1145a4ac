"""From float weights to the integer network, and its exact simulation to train through.

One function, `integer_layer` of video/scales.py, makes the numbers; export and simulation both use
it, so what is trained is what ships. Gradients pass the rounding straight through (Bengio et al.
2013), the scheme of scales is Jacob et al. 2018 with a 16-bit requantisation in place of their
32-bit one.

A *step* is the real value of one unit of an integer: the input's is 1/255, a hidden layer's is
measured (`measure_steps`), the output's is a sixteenth of 1/255.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pellucid.training.nets.plain import SKIPS, PlainNet, continued_input
from pellucid.video.gate import Gate
from pellucid.video.integer import GatedNetwork, IntegerNetwork, Layer, Network
from pellucid.video.scales import HIDDEN_TOP, LAST_TOP, Floats, integer_bias, integer_layer

INPUT_STEP = 1 / 255
OUTPUT_STEP = INPUT_STEP / 16
# A step is at least this many units of the sum before it; a layer that never fires has no peak.
FINEST = 4


def measure_steps(net: PlainNet, low: Tensor, traces: Tensor) -> list[float]:
    """Steps of input, hidden layers and output, so that no activation seen in `low` clips.

    low: float (B, 1, H, W) in 0..1, traces: (B, 36); a few hundred typical patches are enough.
    """
    steps = [INPUT_STEP]
    with torch.no_grad():
        for (weight, _), features in zip(net.folded()[:-1], net.hidden(low, traces), strict=False):
            finest = FINEST * steps[-1] * float(weight.abs().max()) / 127
            steps.append(max(float(features.max()) / 255, finest))
    return [*steps, OUTPUT_STEP]


def quantise(net: PlainNet, steps: list[float]) -> Network:
    """The integer network of a float network; with a gate, one a level that differ in biases."""
    if net.gate is None:
        return _plain(net, steps)
    networks = tuple(_plain(net.at(level), steps) for level in range(net.shape.levels))
    return GatedNetwork(Gate(*net.gate.in_integers()), networks)


def _plain(net: PlainNet, steps: list[float]) -> IntegerNetwork:
    tops = [HIDDEN_TOP] * (len(steps) - 2) + [LAST_TOP]
    parts = zip(net.folded(), pairwise(steps), tops, strict=True)
    layers = tuple(
        integer_layer(_numpy(weight), _numpy(bias), before, after, top)[0]
        for (weight, bias), (before, after), top in parts
    )
    return IntegerNetwork(layers, net.shape.factor, net.shape.skip)


def levels_of(net: PlainNet, traces: Tensor) -> Tensor:
    """The level that the exported network's gate chooses for each row of traces, (B,)."""
    if net.gate is None:
        return torch.zeros(len(traces), dtype=torch.long)
    weight, bias = net.gate.in_integers()
    scores = bias + traces.numpy().astype(np.int32) @ weight.T
    return torch.from_numpy(scores.argmax(axis=1))


def simulate(net: PlainNet, steps: list[float], low: Tensor, traces: Tensor) -> Tensor:
    """The integer network's output, differentiable in the float weights.

    low: (B, 1, H, W), whole numbers 0..255 in float32. traces: (B, 36), see `video.traces`.
    Returns (B, 1, 2H, 2W), whole numbers 0..255, equal to the exported network's bytes: float32
    holds every sum below 2^24 exactly.
    """
    levels, tables = levels_of(net, traces), list(net.gate.tables) if net.gate else []
    features = continued_input(low, net.shape.factor)
    count = len(steps) - 1
    for index, (weight, bias) in enumerate(net.folded()):
        biases = bias + tables[index][levels] if index < len(tables) else bias[None]
        top, margin = (LAST_TOP if index == count - 1 else HIDDEN_TOP), int(index > 0)
        between = (steps[index], steps[index + 1])
        smooth, exact = _simulate_layer(features, (weight, biases), between, top, margin)
        if index < count - 1:
            features = straight_through(smooth.clamp(0, 255), exact.clamp(0, 255))
    residual = functional.pixel_shuffle(straight_through(smooth, exact), 2 * net.shape.factor)
    sixteenths = residual + SKIPS[net.shape.skip](low) * 16
    return straight_through(sixteenths / 16, ((sixteenths + 8) / 16).floor().clamp(0, 255))


def requantised(acc: Tensor, layer: Layer) -> Tensor:
    """Point 3 of the integer format on a float tensor (B, O, h, w) of whole numbers."""
    rounding = 1 << (layer.shift - 1) if layer.shift else 0
    with torch.no_grad():
        t = ((acc.to(torch.int32) + rounding) >> layer.shift).clamp(-32768, 32767)
        multiplier = torch.from_numpy(layer.multiplier.astype(np.int32))[:, None, None]
        return ((t * multiplier + 16384) >> 15).to(torch.float32)


def _simulate_layer(
    features: Tensor,
    numbers: tuple[Tensor, Tensor],
    between: tuple[float, float],
    top: int,
    margin: int,
) -> tuple[Tensor, Tensor]:
    """One layer's output in units of its step: smooth for the gradient, and exact.

    numbers: weight (O, C, 3, 3), and biases (B, O), or (1, O) for all alike.
    """
    (weight, biases), (before, after) = numbers, between
    layer, weight_step = integer_layer(_numpy(weight), _numpy(biases[0]), before, after, top)
    unit = before * weight_step
    whole_weight = straight_through(
        weight / _column(weight_step)[..., None],
        torch.from_numpy(layer.weight.astype(np.float32)),
    )
    whole_bias = straight_through(
        biases / torch.from_numpy(unit.astype(np.float32)),
        torch.from_numpy(integer_bias(_numpy(biases), unit).astype(np.float32)),
    )
    acc = functional.conv2d(features, whole_weight, padding=margin) + whole_bias[:, :, None, None]
    return acc * _column(unit / after), requantised(acc, layer)


def straight_through(smooth: Tensor, exact: Tensor) -> Tensor:
    """The value of `exact` with the gradient of `smooth`. Source: Bengio et al. 2013."""
    return exact.detach() + (smooth - smooth.detach())


def _column(values: Floats) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))[:, None, None]


def _numpy(tensor: Tensor) -> Floats:
    return tensor.detach().to(torch.float64).numpy()
