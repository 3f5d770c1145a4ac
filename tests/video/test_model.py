"""Model files of the video network, and its strength."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from pellucid.artifact import Artifact, Card, write
from pellucid.errors import ArtifactError, FrameError
from pellucid.frames import Plane
from pellucid.video import model
from pellucid.video.integer import IntegerNetwork, Network, reference
from pellucid.video.model import load, pack, with_strength
from video.networks import (
    gated_or_not,
    networks,
    noise,
    one_layer,
    pictures,
    random_network,
)

CARD = Card("t", "a test", "none", "none", "none")


@given(networks)
def test_what_is_packed_is_unpacked(network: Network) -> None:
    packed = pack(network, CARD)
    again = model.unpack(packed.tensors, packed.card.settings)
    assert packed.card.parameters == network.parameters
    picture = noise(7, 6)
    np.testing.assert_array_equal(reference(again, picture), reference(network, picture))


@given(pictures)
def test_at_strength_0_only_the_skip_is_left(picture: Plane) -> None:
    network = gated_or_not(random_network(4, 3, 1, 8), 3)
    bare = IntegerNetwork((one_layer(),), skip=network.networks[0].skip)
    np.testing.assert_array_equal(
        reference(with_strength(network, 0), picture), reference(bare, picture)
    )


def test_strength_scales_what_the_network_adds() -> None:
    network = IntegerNetwork((one_layer(bias=16 * 20, multiplier=16384),))  # adds 10
    flat = np.full((3, 3), 100, np.uint8)
    for strength, expected in ((0.5, 105), (1, 110), (1.5, 115), (2, 120)):
        assert (reference(with_strength(network, strength), flat) == expected).all()


def test_each_level_may_have_its_own_strength() -> None:
    network = gated_or_not(IntegerNetwork((one_layer(bias=160, multiplier=16384),)), 2)
    for made, strength in zip(with_strength(network, (0.5, 1.5)).networks, (0.5, 1.5), strict=True):
        assert (made.layers[-1].multiplier == 16384 * strength).all()


@pytest.mark.parametrize("strength", [-0.1, 2.1, float("nan"), (1, 1)])
def test_other_strengths_are_refused(strength: float | tuple[float, ...]) -> None:
    with pytest.raises(FrameError, match="strength: expected 0 to 2"):
        with_strength(random_network(1, 2, 1, 4), strength)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    network = random_network(1, 2, 1, 4)
    packed = pack(network, CARD)
    path = tmp_path / "x.safetensors"
    write(path, Artifact(replace(packed.card, kind="audio"), packed.tensors))
    with pytest.raises(ArtifactError, match="expected a model of kind video-integer, got audio"):
        load(path)


def test_a_model_that_lacks_a_tensor_is_refused(tmp_path: Path) -> None:
    network = random_network(1, 2, 1, 4)
    artifact = pack(network, CARD)
    tensors = {name: value for name, value in artifact.tensors.items() if name != "1.bias"}
    write(tmp_path / "x.safetensors", Artifact(artifact.card, tensors))
    with pytest.raises(ArtifactError, match="not a network this version runs"):
        load(tmp_path / "x.safetensors")


def test_an_empty_shift_or_a_broken_setting_is_one_error(tmp_path: Path) -> None:
    packed = pack(random_network(1, 2, 1, 4), CARD)
    path = tmp_path / "x.safetensors"
    write(path, Artifact(packed.card, {**packed.tensors, "0.shift": np.zeros(0, np.int32)}))
    with pytest.raises(ArtifactError):
        load(path)
    settings = {**packed.card.settings, "factor": 1.0}
    write(path, Artifact(replace(packed.card, settings=settings), packed.tensors))
    with pytest.raises(ArtifactError, match="factor"):
        load(path)


def test_what_levels_share_is_stored_once() -> None:
    network = gated_or_not(random_network(3, 3, 1, 8), 2)
    names = set(pack(network, CARD).tensors)
    assert {"0.0.bias", "1.0.bias", "0.weight", "2.weight", "gate.weight"} <= names
    assert "0.0.weight" not in names
