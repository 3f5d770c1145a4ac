"""Random integer networks for property tests, small and of every shape the format allows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pellucid.frames import Plane
from pellucid.video.gate import Gate
from pellucid.video.integer import SKIPS, IntegerNetwork, Layer
from pellucid.video.traces import FEATURES


def random_network(seed: int, depth: int, factor: int, widest: int) -> IntegerNetwork:
    """A network whose sums neither die out nor all saturate."""
    rng = np.random.default_rng(seed)
    hidden = [int(width) for width in rng.integers(1, widest + 1, depth - 1)]
    widths = [factor**2, *hidden, (2 * factor) ** 2]
    pairs = pairwise(widths)
    layers = tuple(random_layer(rng, inputs, outputs) for inputs, outputs in pairs)
    gate = random_gate(rng, layers) if rng.random() < 0.5 else None
    return IntegerNetwork(layers, factor, SKIPS[int(rng.integers(len(SKIPS)))], gate)


def random_gate(rng: np.random.Generator, layers: tuple[Layer, ...]) -> Gate:
    """A gate that gives small pictures different levels."""
    levels, tables = int(rng.integers(1, 5)), int(rng.integers(1, len(layers) + 1))
    offsets = [rng.integers(-9000, 9000, (levels, layer.outputs)) for layer in layers[:tables]]
    return Gate(
        rng.integers(-8191, 8192, (levels, FEATURES)).astype(np.int32),
        rng.integers(-(2**20), 2**20, levels).astype(np.int32),
        tuple(table.astype(np.int32) for table in offsets),
    )


def random_layer(rng: np.random.Generator, inputs: int, outputs: int) -> Layer:
    kernel = int(rng.choice([1, 3]))
    return Layer(
        weight=rng.integers(-127, 128, (outputs, inputs, kernel, kernel)).astype(np.int8),
        bias=rng.integers(-20_000, 20_000, outputs).astype(np.int32),
        multiplier=rng.integers(0, 32_768, outputs).astype(np.int16) // int(rng.integers(1, 60)),
        shift=int(rng.integers(0, 12)),
    )


networks = st.builds(
    random_network,
    seed=st.integers(0, 2**32 - 1),
    depth=st.integers(1, 4),
    factor=st.sampled_from([1, 2]),
    widest=st.sampled_from([3, 16, 40]),
)

pictures = st.tuples(st.integers(1, 19), st.integers(1, 19)).flatmap(
    lambda shape: arrays(np.uint8, shape)
)


def noise(height: int, width: int, seed: int = 0) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
