"""Model files of the video network: read, write, and made stronger or weaker.

Layer l, from 0, is the tensors "l.weight" int8 (O, C, k, k), "l.bias" int32 (O,), "l.multiplier"
int16 (O,) and "l.shift" int32 (1,). With a gate of K levels there are "gate.weight" and
"gate.bias", and what differs between the levels is told for each: "k.l.weight" and so on, in the
place of "l.weight". The card's settings say "layers" (how many), "factor", "skip" and "levels"
(K; 1 without a gate), and "calm" of a model that was trained on from another which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.artifact import Artifact, Card, Tensors, find_model, read
from pellucid.errors import ArtifactError, FrameError
from pellucid.video.gate import Gate
from pellucid.video.integer import GatedNetwork, IntegerNetwork, Layer, Network
from pellucid.video.mix import mix

KIND = "video-integer"
CALM = "calm"  # the setting that names where strength 0 is
MAX_STRENGTH = 2
CARD_SIZE = (360, 480)  # the picture that a card's MACs are counted for


def load(path: Path) -> tuple[Network, Card]:
    """Read a model file of this kind. Raises ArtifactError when it is anything else."""
    artifact = read(path)
    if artifact.card.kind != KIND:
        raise ArtifactError(f"{path}: expected a model of kind {KIND}, got {artifact.card.kind}")
    try:
        return unpack(artifact.tensors, artifact.card.settings), artifact.card
    except (LookupError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path}: not a network this version runs ({error})") from error


def load_at(model: str, strength: float) -> tuple[Network, Card]:
    """A shipped model or a model file by its path, at a strength.

    Most models add their residual that many times, 0 to 2 (`with_strength`). One whose card's
    settings name the "calm" model that it was trained on from lies between that, at 0, and itself,
    at 1 (`mix`). Raises ArtifactError, and FrameError for another strength.
    """
    network, card = load(find_model(model))
    calm = card.settings.get(CALM)
    if calm is None:
        return with_strength(network, strength), card
    return mix(load(find_model(calm))[0], network, strength), card


def pack(network: Network, card: Card) -> Artifact:
    """The model file of a network.

    What follows from the network is filled into the card: kind, parameters, MACs, settings.
    """
    first = network.networks[0]
    card = replace(
        card,
        kind=KIND,
        parameters=network.parameters,
        macs=network.macs(*CARD_SIZE),
        macs_for=f"one {CARD_SIZE[1]}x{CARD_SIZE[0]} picture",
        settings={
            "layers": len(first.layers),
            "factor": first.factor,
            "skip": first.skip,
            "levels": len(network.networks),
            **{name: value for name, value in card.settings.items() if name == CALM},
        },
    )
    tensors: Tensors = {}
    if isinstance(network, GatedNetwork):
        tensors = {"gate.weight": network.gate.weight, "gate.bias": network.gate.bias}
    by_level = [_tensors(one) for one in network.networks]
    for name, shared in by_level[0].items():
        if all(np.array_equal(level[name], shared) for level in by_level):
            tensors[name] = shared
        else:
            tensors |= {f"{k}.{name}": level[name] for k, level in enumerate(by_level)}
    return Artifact(card, tensors)


def unpack(tensors: Tensors, settings: dict[str, Any]) -> Network:
    """Rebuild the network of a model file from what `pack` put there."""
    levels = settings.get("levels", 1)
    networks = tuple(_network(tensors, settings, level) for level in range(levels))
    if levels == 1:
        return networks[0]
    return GatedNetwork(Gate(tensors["gate.weight"], tensors["gate.bias"]), networks)


def with_strength(network: Network, strength: float | Sequence[float]) -> Network:
    """The network with what it adds to the skip made stronger or weaker, at no cost.

    strength: 0 (the skip alone) to 2; 1 is the network as it is. One for all levels, or one for
    each. Folded into the multipliers of the last layer, rounded half to even, at most 32767.
    Raises FrameError for other strengths.
    """
    count = len(network.networks)
    given = strength if isinstance(strength, Sequence) else [strength]
    each = [*given] * count if len(given) == 1 else given
    if len(each) != count or not all(0 <= one <= MAX_STRENGTH for one in each):
        raise FrameError(f"strength: expected 0 to {MAX_STRENGTH}, got {strength!r}")
    scaled = tuple(_scaled(*pair) for pair in zip(network.networks, each, strict=True))
    return replace(network, networks=scaled) if isinstance(network, GatedNetwork) else scaled[0]


def _scaled(network: IntegerNetwork, strength: float) -> IntegerNetwork:
    last = network.layers[-1]
    scaled = np.minimum(np.rint(last.multiplier * np.float64(strength)), 32767).astype(np.int16)
    return replace(network, layers=(*network.layers[:-1], replace(last, multiplier=scaled)))


def _tensors(network: IntegerNetwork) -> Tensors:
    return {
        f"{index}.{name}": value
        for index, layer in enumerate(network.layers)
        for name, value in (
            ("weight", layer.weight),
            ("bias", layer.bias),
            ("multiplier", layer.multiplier),
            ("shift", np.array([layer.shift], np.int32)),
        )
    }


def _network(tensors: Tensors, settings: dict[str, Any], level: int) -> IntegerNetwork:
    layers = tuple(_layer(tensors, index, level) for index in range(settings["layers"]))
    return IntegerNetwork(layers, settings["factor"], settings["skip"])


def _layer(tensors: Tensors, index: int, level: int) -> Layer:
    def own_or_shared(name: str) -> Any:
        own = f"{level}.{index}.{name}"
        return tensors[own if own in tensors else f"{index}.{name}"]

    return Layer(
        weight=own_or_shared("weight"),
        bias=own_or_shared("bias"),
        multiplier=own_or_shared("multiplier"),
        shift=int(own_or_shared("shift")[0]),
    )
