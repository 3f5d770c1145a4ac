"""A network between two of one shape: its weights lie between theirs, so it costs the same.

That such a network does something in between is no law; it holds where one was trained on from the
other (Wang et al. 2018, ESRGAN, section 3.4), and is measured for what ships (docs/vivid.md).
"""

from __future__ import annotations

import numpy as np

from pellucid.errors import ArtifactError, FrameError
from pellucid.video.integer import GatedNetwork, IntegerNetwork, Layer, Network
from pellucid.video.scales import HIDDEN_TOP, LAST_TOP, integer_layer, real_layer

NUMBERS = ("weight", "bias")  # of a gate


def mix(calm: Network, vivid: Network, strength: float) -> Network:
    """calm at strength 0, vivid at 1, both as they are; else (1 - strength) calm + strength vivid.

    All in float64, one operation after the other, then rounded half to even, so that every machine
    makes the same bytes. Raises FrameError for another strength, ArtifactError for networks of
    different shapes or gates.
    """
    if not 0 <= strength <= 1:
        raise FrameError(f"strength: expected 0 to 1, got {strength!r}")
    _check(calm, vivid)
    if strength in (0, 1):
        return vivid if strength else calm
    pairs = zip(calm.networks, vivid.networks, strict=True)
    mixed = tuple(_mixed(*pair, strength) for pair in pairs)
    return GatedNetwork(vivid.gate, mixed) if isinstance(vivid, GatedNetwork) else mixed[0]


def _mixed(calm: IntegerNetwork, vivid: IntegerNetwork, strength: float) -> IntegerNetwork:
    tops = [HIDDEN_TOP] * (len(calm.layers) - 1) + [LAST_TOP]
    layers = zip(calm.layers, vivid.layers, tops, strict=True)
    made = tuple(_layer(one, other, strength, top) for one, other, top in layers)
    return IntegerNetwork(made, vivid.factor, vivid.skip)


def _layer(calm: Layer, vivid: Layer, strength: float, top: int) -> Layer:
    pairs = zip(real_layer(calm), real_layer(vivid), strict=True)
    weight, bias = ((1 - strength) * one + strength * other for one, other in pairs)
    return integer_layer(weight, bias, 1.0, 1.0, top)[0]


def _check(calm: Network, vivid: Network) -> None:
    shapes = [
        [
            [layer.weight.shape for layer in one.layers] + [one.factor, one.skip]
            for one in net.networks
        ]
        for net in (calm, vivid)
    ]
    if shapes[0] != shapes[1]:
        raise ArtifactError("mix: expected two networks of one shape")
    if isinstance(calm, GatedNetwork) and isinstance(vivid, GatedNetwork):
        weights, biases = ([getattr(net.gate, n) for net in (calm, vivid)] for n in NUMBERS)
        if not (np.array_equal(*weights) and np.array_equal(*biases)):
            raise ArtifactError("mix: expected two networks with one gate")
