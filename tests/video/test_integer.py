"""The integer network's format: closed forms, bounds, files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from pellucid.errors import ArtifactError, FrameError
from pellucid.frames import Plane
from pellucid.video import integer
from pellucid.video.integer import IntegerNetwork, Layer, reference
from video.networks import noise, one_layer, pictures, plain_networks


@given(pictures)
def test_without_residual_nearest_is_repetition(picture: Plane) -> None:
    enlarged = reference(IntegerNetwork((one_layer(),), skip="nearest"), picture)
    np.testing.assert_array_equal(enlarged, picture.repeat(2, 0).repeat(2, 1))


@given(pictures)
def test_without_residual_bilinear_is_the_9_3_3_1_filter(picture: Plane) -> None:
    enlarged = reference(IntegerNetwork((one_layer(),), skip="bilinear"), picture)
    x = np.pad(picture.astype(int), 1, mode="edge")
    for (i, j), value in np.ndenumerate(enlarged):
        a, b = i // 2 + 1, j // 2 + 1
        up, left = a + (1 if i % 2 else -1), b + (1 if j % 2 else -1)
        expected = 9 * x[a, b] + 3 * x[up, b] + 3 * x[a, left] + x[up, left]
        assert value == (expected + 8) >> 4


@pytest.mark.parametrize(
    ("acc", "multiplier", "shift", "expected"),
    [
        (100, 16384, 0, 50),
        (101, 16384, 0, 51),  # half rounds up
        (-101, 16384, 0, -50),  # towards plus infinity, as pmulhrsw does
        (7, 32767, 1, 4),  # 7 / 2 rounds to 4 before the multiply
        (-7, 32767, 1, -3),
        (1 << 29, 32767, 0, 32766),  # saturates to int16 first
        (-(1 << 29), 32767, 15, -16383),
        (5, 0, 3, 0),
    ],
)
def test_requantisation_by_hand(acc: int, multiplier: int, shift: int, expected: int) -> None:
    layer = one_layer(multiplier=multiplier, shift=shift)
    sums = np.full((4, 1, 1), acc, np.int32)
    assert (integer.requantise(sums, layer) == expected).all()


def test_a_bias_of_one_step_brightens_by_one() -> None:
    layer = one_layer(bias=32, multiplier=16384)  # 32 / 2 = 16 sixteenths
    picture = noise(5, 4) // 2
    enlarged = reference(IntegerNetwork((layer,), skip="nearest"), picture)
    np.testing.assert_array_equal(enlarged, picture.repeat(2, 0).repeat(2, 1) + 1)


def test_shuffle_puts_channel_2a_plus_b_at_row_a_column_b() -> None:
    layer = Layer(
        np.zeros((4, 1, 1, 1), np.int8),
        np.array([0, 16, 32, 48], np.int32),
        np.full(4, 32767, np.int16),
        0,
    )
    enlarged = reference(IntegerNetwork((layer,), skip="nearest"), np.zeros((2, 3), np.uint8))
    np.testing.assert_array_equal(enlarged, np.tile([[0, 1], [2, 3]], (2, 3)))


def test_the_input_is_replicated_and_features_are_zero_beyond_the_edge() -> None:
    ones = np.ones((1, 1, 3, 3), np.int8)
    first = Layer(ones, np.zeros(1, np.int32), np.full(1, 32767, np.int16), 0)
    last = Layer(
        np.ones((4, 1, 3, 3), np.int8), np.zeros(4, np.int32), np.full(4, 32767, np.int16), 0
    )
    network = IntegerNetwork((first, last), skip="nearest")
    grey = np.full((3, 3), 2, np.uint8)
    # Replicated input: every feature is 9 * 2. Zero features: a corner sums 4 of them.
    corner, middle = reference(network, grey)[[0, 2], [0, 2]]
    assert corner == (16 * 2 + 4 * 18 + 8) >> 4
    assert middle == (16 * 2 + 9 * 18 + 8) >> 4


@given(plain_networks)
def test_macs_grow_with_the_picture(network: IntegerNetwork) -> None:
    assert network.macs(40, 60) == 4 * network.macs(20, 30)
    weights = sum(layer.weight.size for layer in network.layers)
    assert network.macs(2, 2) == weights * (4 if network.factor == 1 else 1)


def test_the_worst_case_stays_within_int32() -> None:
    wide = Layer(
        np.full((4, 128, 3, 3), 127, np.int8),
        np.full(4, 2**29, np.int32),
        np.full(4, 32767, np.int16),
        15,
    )
    features = np.full((128, 3, 3), 255, np.int32)
    sums = integer._accumulate(wide, features)
    assert sums.item(0) == 2**29 + 9 * 128 * 255 * 127 < 2**30


@pytest.mark.parametrize(
    "change",
    [
        {"weight": np.full((4, 1, 1, 1), -128, np.int8)},
        {"weight": np.zeros((4, 1, 5, 5), np.int8)},
        {"weight": np.zeros((4, 1, 1), np.int8)},
        {"weight": np.zeros((4, 129, 1, 1), np.int8)},
        {"bias": np.full(4, 2**29 + 1, np.int32)},
        {"bias": np.zeros(3, np.int32)},
        {"multiplier": np.full(4, -1, np.int16)},
        {"multiplier": np.zeros(4, np.int32)},
        {"shift": 16},
    ],
)
def test_a_layer_out_of_bounds_is_refused(change: dict[str, object]) -> None:
    good = vars(one_layer())
    with pytest.raises(ArtifactError, match="expected"):
        Layer(**{**good, **change})


def test_layers_that_do_not_chain_are_refused() -> None:
    with pytest.raises(ArtifactError, match="last layer"):
        IntegerNetwork((one_layer(),), factor=2)
    with pytest.raises(ArtifactError, match="as many inputs"):
        IntegerNetwork((one_layer(), one_layer()))


@pytest.mark.parametrize("bad", [np.zeros((0, 4), np.uint8), np.zeros((4, 4), np.int16)])
def test_what_is_no_picture_is_refused(bad: Plane) -> None:
    with pytest.raises(FrameError):
        reference(IntegerNetwork((one_layer(),)), bad)
