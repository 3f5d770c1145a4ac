"""The gate: which level a picture gets, and what a level changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pellucid.errors import ArtifactError
from pellucid.video.gate import Gate
from pellucid.video.integer import GatedNetwork, IntegerNetwork, reference
from pellucid.video.traces import FEATURES, features, reference_counts
from video.networks import noise, one_layer


def flat_or_not() -> Gate:
    """Level 1 for a picture whose neighbours are mostly equal, level 0 for any other."""
    weight = np.zeros((2, FEATURES), np.int32)
    weight[1, 18] = 1  # of inner differences, those that are 0
    return Gate(weight, np.array([256 * 9, 0], np.int32))  # a share of a half


def brighter_when_flat() -> GatedNetwork:
    """Adds 100 at level 1, nothing at level 0."""
    dark = IntegerNetwork((one_layer(multiplier=32767),))
    bright = IntegerNetwork((one_layer(bias=16 * 100, multiplier=32767),))
    return GatedNetwork(flat_or_not(), (dark, bright))


def test_the_picture_chooses_its_level() -> None:
    gate = flat_or_not()
    assert gate.level(features(reference_counts(noise(20, 20)))) == 0
    assert gate.level(features(reference_counts(np.full((20, 20), 9, np.uint8)))) == 1


def test_each_level_has_its_own_network() -> None:
    network = brighter_when_flat()
    flat, rough = np.full((6, 7), 50, np.uint8), noise(6, 7)
    assert (reference(network, flat) == 150).all()
    assert (reference(network, rough) == rough.repeat(2, 0).repeat(2, 1)).all()


def test_equal_scores_give_the_lowest_level() -> None:
    gate = replace(
        flat_or_not(), weight=np.zeros((2, FEATURES), np.int32), bias=np.zeros(2, np.int32)
    )
    assert gate.level(np.full(FEATURES, 7, np.int32)) == 0


def test_every_different_number_is_a_parameter() -> None:
    gate = flat_or_not()
    assert gate.parameters == 2 * FEATURES + 2
    # The weights are shared, the biases are not.
    assert brighter_when_flat().parameters == gate.parameters + 4 + 2 * 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias": np.zeros(17, np.int32)}, "levels"),
        ({"weight": np.zeros((2, 35), np.int32)}, "weight"),
        ({"bias": np.zeros((2, 1), np.int32)}, "bias"),
        ({"weight": np.full((2, FEATURES), 8192, np.int32)}, "8191"),
        ({"bias": np.zeros(2, np.int64)}, "int32"),
    ],
)
def test_what_no_engine_could_run_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        replace(flat_or_not(), **change)  # type: ignore[arg-type]


def test_levels_must_be_as_many_and_alike() -> None:
    dark, bright = brighter_when_flat().networks
    other = replace(dark, skip="bilinear")
    for networks in ((dark,), (dark, bright, dark), (dark, other)):
        with pytest.raises(ArtifactError, match="gate"):
            GatedNetwork(flat_or_not(), networks)


def test_a_gated_network_costs_what_one_of_its_networks_does() -> None:
    gated = brighter_when_flat()
    assert gated.macs(8, 8) == gated.networks[0].macs(8, 8)
    assert gated.radius == gated.networks[0].radius
