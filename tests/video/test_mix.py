"""Networks between two of one shape."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pellucid.artifact import Card, write
from pellucid.errors import ArtifactError, FrameError
from pellucid.video.integer import IntegerNetwork, reference
from pellucid.video.mix import mix
from pellucid.video.model import CALM, load, load_at, pack
from video.networks import gated_or_not, noise, one_layer, random_network, uniform_network


def test_the_ends_are_the_networks_themselves() -> None:
    calm, vivid = uniform_network(1, 3, 4), uniform_network(2, 3, 4)
    assert mix(calm, vivid, 0) is calm
    assert mix(calm, vivid, 1) is vivid


@pytest.mark.parametrize("strength", [0.01, 0.3, 0.5, 0.77, 0.99])
def test_between_a_shipped_network_and_itself_is_the_network(strength: float) -> None:
    network = load_at("standard", 1)[0]
    mixed = mix(network, network, strength)
    pairs = zip(network.networks, mixed.networks, strict=True)
    layers = [pair for one, other in pairs for pair in zip(one.layers, other.layers, strict=True)]
    assert len(layers) == 18
    for one, other in layers:
        assert one.shift == other.shift
        for name in ("weight", "bias", "multiplier"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_halfway_adds_half_of_both() -> None:
    calm = IntegerNetwork((one_layer(bias=16 * 20, multiplier=16384),))  # adds 10
    vivid = IntegerNetwork((one_layer(bias=16 * 40, multiplier=16384),))  # adds 20
    flat = np.full((3, 3), 100, np.uint8)
    assert (reference(mix(calm, vivid, 0.5), flat) == 115).all()
    assert (reference(mix(calm, vivid, 0.25), flat) == 113).all()  # 112.5, rounded up


def test_each_level_is_mixed_with_its_own() -> None:
    calm = gated_or_not(uniform_network(1, 3, 4), 3)
    made = mix(calm, replace(calm, networks=calm.networks[::-1]), 0.5)
    first, last = (made.networks[index].layers[0].weight for index in (0, 2))
    np.testing.assert_array_equal(first, last)


def test_what_does_not_fit_is_refused() -> None:
    calm = uniform_network(1, 3, 4)
    for strength in (-0.1, 1.1, float("nan")):
        with pytest.raises(FrameError, match="0 to 1"):
            mix(calm, calm, strength)
    with pytest.raises(ArtifactError, match="one shape"):
        mix(calm, uniform_network(1, 4, 4), 0.5)
    gated = gated_or_not(random_network(4, 3, 1, 8), 3)
    other = replace(gated, gate=replace(gated.gate, bias=gated.gate.bias + 1))
    with pytest.raises(ArtifactError, match="one gate"):
        mix(gated, other, 0.5)


def test_a_card_that_names_a_calm_model_is_mixed_with_it(tmp_path: Path) -> None:
    card = Card("t", "a test", "none", "none", "none", settings={CALM: "lite"})
    lite = load_at("lite", 1)[0]
    path = tmp_path / "t.safetensors"
    write(path, pack(lite, card))
    assert load(path)[1].settings[CALM] == "lite"
    picture = noise(9, 8)
    for strength in (0, 1):
        made = reference(load_at(str(path), strength)[0], picture)
        np.testing.assert_array_equal(made, reference(lite, picture))
    with pytest.raises(FrameError, match="0 to 1"):
        load_at(str(path), 1.5)
