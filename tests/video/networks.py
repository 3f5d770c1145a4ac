"""Random integer networks for property tests, small and of every shape the format allows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pellucid.frames import Plane
from pellucid.video.gate import Gate
from pellucid.video.integer import SKIPS, GatedNetwork, IntegerNetwork, Layer, Network
from pellucid.video.traces import FEATURES


def random_network(seed: int, depth: int, factor: int, widest: int) -> IntegerNetwork:
    """A network whose sums neither die out nor all saturate."""
    rng = np.random.default_rng(seed)
    hidden = [int(width) for width in rng.integers(1, widest + 1, depth - 1)]
    widths = [factor**2, *hidden, (2 * factor) ** 2]
    pairs = pairwise(widths)
    layers = tuple(random_layer(rng, inputs, outputs) for inputs, outputs in pairs)
    return IntegerNetwork(layers, factor, SKIPS[int(rng.integers(len(SKIPS)))])


def uniform_network(seed: int, depth: int, width: int) -> IntegerNetwork:
    """3x3 layers of the same width, as the networks that ship have."""
    rng = np.random.default_rng(seed)
    pairs = pairwise([1, *[width] * (depth - 1), 4])
    layers = tuple(random_layer(rng, inputs, outputs, 3) for inputs, outputs in pairs)
    return IntegerNetwork(layers, 1, "bilinear")


def gated_or_not(network: IntegerNetwork, levels: int) -> Network:
    """The network itself for 1 level; else levels that share some tensors and not others."""
    if levels == 1:
        return network
    rng = np.random.default_rng(levels)
    return GatedNetwork(
        random_gate(rng, levels), tuple(_shaken(network, rng, k) for k in range(levels))
    )


def random_gate(rng: np.random.Generator, levels: int) -> Gate:
    """A gate that gives small pictures different levels."""
    return Gate(
        rng.integers(-8191, 8192, (levels, FEATURES)).astype(np.int32),
        rng.integers(-(2**20), 2**20, levels).astype(np.int32),
    )


def _shaken(network: IntegerNetwork, rng: np.random.Generator, level: int) -> IntegerNetwork:
    """Other biases in the first layer, from the third level on other weights in the last."""
    first, last = network.layers[0], network.layers[-1]
    bias = first.bias + rng.integers(-9000, 9000, first.outputs).astype(np.int32)
    layers = [replace(first, bias=bias), *network.layers[1:]]
    if level > 1:
        layers[-1] = replace(layers[-1], weight=-last.weight)
    return replace(network, layers=tuple(layers))


def one_layer(weight: int = 0, bias: int = 0, multiplier: int = 0, shift: int = 0) -> Layer:
    """1x1, one channel to four, all alike."""
    return Layer(
        np.full((4, 1, 1, 1), weight, np.int8),
        np.full(4, bias, np.int32),
        np.full(4, multiplier, np.int16),
        shift,
    )


def random_layer(
    rng: np.random.Generator, inputs: int, outputs: int, kernel: int | None = None
) -> Layer:
    kernel = kernel or int(rng.choice([1, 3]))
    return Layer(
        weight=rng.integers(-127, 128, (outputs, inputs, kernel, kernel)).astype(np.int8),
        bias=rng.integers(-20_000, 20_000, outputs).astype(np.int32),
        multiplier=rng.integers(0, 32_768, outputs).astype(np.int16) // int(rng.integers(1, 60)),
        shift=int(rng.integers(0, 12)),
    )


plain_networks = st.builds(
    random_network,
    seed=st.integers(0, 2**32 - 1),
    depth=st.integers(1, 4),
    factor=st.sampled_from([1, 2]),
    widest=st.sampled_from([3, 16, 40]),
)

networks = st.builds(gated_or_not, plain_networks, st.integers(1, 4))

pictures = st.tuples(st.integers(1, 19), st.integers(1, 19)).flatmap(
    lambda shape: arrays(np.uint8, shape)
)


def noise(height: int, width: int, seed: int = 0) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
