"""The gate: which level a picture gets, and what a level changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pellucid.errors import ArtifactError
from pellucid.video.gate import MAX_OFFSET, Gate
from pellucid.video.integer import MAX_BIAS, IntegerNetwork, Layer, reference
from pellucid.video.traces import FEATURES, features, reference_counts
from video.networks import noise


def flat_or_not() -> Gate:
    """Level 1 for a picture whose neighbours are mostly equal, level 0 for any other."""
    weight = np.zeros((2, FEATURES), np.int32)
    weight[1, 18] = 1  # of inner differences, those that are 0
    bias = np.array([256 * 9, 0], np.int32)  # a share of a half
    table = np.array([[0] * 4, [16 * 100] * 4], np.int32)  # in sixteenths of a grey level
    return Gate(weight, bias, (table,))


def brighter_when_flat() -> IntegerNetwork:
    layer = Layer(
        np.zeros((4, 1, 1, 1), np.int8), np.zeros(4, np.int32), np.full(4, 32767, np.int16), 0
    )
    return IntegerNetwork((layer,), gate=flat_or_not())


def test_the_picture_chooses_its_level() -> None:
    gate = flat_or_not()
    assert gate.level(features(reference_counts(noise(20, 20)))) == 0
    assert gate.level(features(reference_counts(np.full((20, 20), 9, np.uint8)))) == 1


def test_a_level_shifts_the_biases() -> None:
    network = brighter_when_flat()
    flat, rough = np.full((6, 7), 50, np.uint8), noise(6, 7)
    assert (reference(network, flat) == 150).all()
    assert (reference(network, rough) == rough.repeat(2, 0).repeat(2, 1)).all()


def test_equal_scores_give_the_lowest_level() -> None:
    gate = replace(
        flat_or_not(), weight=np.zeros((2, FEATURES), np.int32), bias=np.zeros(2, np.int32)
    )
    assert gate.level(np.full(FEATURES, 7, np.int32)) == 0


def test_every_number_of_the_gate_is_a_parameter() -> None:
    gate = flat_or_not()
    assert gate.parameters == 2 * FEATURES + 2 + 2 * 4
    assert brighter_when_flat().parameters == 4 + 4 + gate.parameters


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias": np.zeros(17, np.int32)}, "levels"),
        ({"weight": np.zeros((2, 35), np.int32)}, "weight"),
        ({"bias": np.zeros((2, 1), np.int32)}, "bias"),
        ({"offsets": ()}, "at least one layer"),
        ({"offsets": (np.zeros((3, 4), np.int32),)}, "offsets"),
        ({"weight": np.full((2, FEATURES), 8192, np.int32)}, "8191"),
        ({"offsets": (np.full((2, 4), -MAX_OFFSET - 1, np.int32),)}, "values up to"),
        ({"bias": np.zeros(2, np.int64)}, "int32"),
    ],
)
def test_what_no_engine_could_run_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        replace(flat_or_not(), **change)  # type: ignore[arg-type]


def test_tables_must_fit_their_layers() -> None:
    network = brighter_when_flat()
    assert network.gate is not None
    wide = replace(network.gate, offsets=(np.zeros((2, 5), np.int32),))
    deep = replace(network.gate, offsets=network.gate.offsets * 2)
    for gate in (wide, deep):
        with pytest.raises(ArtifactError, match="gate"):
            replace(network, gate=gate)


def test_a_bias_and_its_offset_stay_in_bounds_together() -> None:
    network = brighter_when_flat()
    largest = replace(network.layers[0], bias=np.full(4, MAX_BIAS, np.int32))
    with pytest.raises(ArtifactError, match="bias"):
        replace(network, layers=(largest,))
