"""Every engine gives the same bytes as the reference, on every network and picture."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import _native
from pellucid.errors import FrameError
from pellucid.frames import Plane
from pellucid.video import chroma
from pellucid.video.chroma import Phase
from pellucid.video.engine import ENGINES, Colour, NativeEngine, luma, mask_shape, pick_engine
from pellucid.video.integer import IntegerNetwork, Layer, Network, reference
from video.networks import networks, noise, pictures, plain_networks, random_network


def widest(outputs: int, inputs: int, fill: int) -> Layer:
    """A layer at the format's bounds."""
    return Layer(
        np.full((outputs, inputs, 3, 3), fill, np.int8),
        np.full(outputs, 2**29 if fill > 0 else -(2**29), np.int32),
        np.full(outputs, 32767, np.int16),
        15,
    )


FAST = sorted(set(ENGINES) - {"reference"})
phases = st.sampled_from(["centered", "cosited"])


@pytest.mark.parametrize("name", FAST)
@settings(max_examples=150, deadline=None)
@given(network=networks, picture=pictures, threads=st.integers(1, 5))
def test_bytes_equal_the_reference(
    name: str, network: Network, picture: Plane, threads: int
) -> None:
    engine = ENGINES[name](network, threads)
    level = network.level(picture)
    np.testing.assert_array_equal(luma(engine, picture, level), reference(network, picture))


@pytest.mark.parametrize("name", FAST)
@pytest.mark.parametrize("factor", [1, 2])
def test_bytes_equal_the_reference_at_every_small_size(name: str, factor: int) -> None:
    network = random_network(5, 4, factor, 9)
    engine = ENGINES[name](network, 2)
    for height in range(1, 10):
        for width in range(1, 10):
            picture = noise(height, width, seed=10 * height + width)
            expected = reference(network, picture)
            assert (luma(engine, picture) == expected).all(), (height, width)


@pytest.mark.parametrize("name", FAST)
def test_extreme_weights_do_not_overflow(name: str) -> None:
    for fill in (-127, 127):
        wide = [widest(128, 1, fill), widest(128, 128, fill), widest(4, 128, fill)]
        network = IntegerNetwork(tuple(wide))
        white = np.full((6, 9), 255, np.uint8)
        np.testing.assert_array_equal(
            luma(ENGINES[name](network, 1), white), reference(network, white)
        )


@pytest.mark.parametrize("name", FAST)
def test_strides_do_not_matter(name: str) -> None:
    network = random_network(3, 3, 1, 16)
    large = noise(40, 50)
    engine = ENGINES[name](network, 2)
    views = [large[3:30, 4:41], large[::2], large[:, ::3], large[::-1], large.T, large[5:6, ::-1]]
    for view in views:
        expected = reference(network, np.ascontiguousarray(view))
        np.testing.assert_array_equal(luma(engine, view), expected)


@pytest.mark.parametrize("name", FAST)
@settings(max_examples=150, deadline=None)
@given(
    network=plain_networks, picture=pictures, threads=st.integers(1, 3), seed=st.integers(0, 2**32)
)
def test_parts_equal_their_place_in_the_whole(
    name: str, network: IntegerNetwork, picture: Plane, threads: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    mask = (rng.random(mask_shape(network, picture)) < rng.random()).astype(np.uint8)
    whole = reference(network, picture)
    made, expected = np.full(whole.shape, 7, np.uint8), np.full(whole.shape, 7, np.uint8)
    ENGINES[name](network, threads).enlarge(picture, made, 0, mask=mask)
    ENGINES["reference"](network, 1).enlarge(picture, expected, 0, mask=mask)
    # What was not asked for is left as it was, or made as well.
    right = (made == expected) | ((expected == 7) & (made == whole))
    assert right.all()


@pytest.mark.parametrize("name", FAST)
@settings(max_examples=150, deadline=None)
@given(network=plain_networks, picture=pictures, seed=st.integers(0, 2**32))
def test_no_change_is_missed(name: str, network: IntegerNetwork, picture: Plane, seed: int) -> None:
    rng = np.random.default_rng(seed)
    other = picture.copy()
    other[rng.integers(picture.shape[0]), rng.integers(picture.shape[1])] ^= 1
    found = ENGINES[name](network, 1).changed(picture, other)
    exact = ENGINES["reference"](network, 1).changed(picture, other)
    # Whole units are flagged, and units nearby where the reach ends within one.
    assert (found >= exact).all()
    assert found.sum() <= 3 * exact.sum()
    assert not ENGINES[name](network, 1).changed(picture, picture.copy()).any()


@pytest.mark.parametrize("name", FAST)
@given(plane=pictures, down=phases, across=phases, threads=st.integers(1, 4))
def test_chroma_equals_its_reference(
    name: str, plane: Plane, down: Phase, across: Phase, threads: int
) -> None:
    engine = ENGINES[name](random_network(0, 1, 1, 1), threads)
    expected = chroma.reference(plane, down, across)
    height, width = expected.shape
    for size in ((height, width), (height - 1, width), (height, width - 1)):
        made = np.empty(size, np.uint8)
        beside = Colour(plane, made, (down, across))
        engine.enlarge(plane, np.empty_like(expected), 0, [beside, beside])
        np.testing.assert_array_equal(made, expected[: size[0], : size[1]])
        np.testing.assert_array_equal(chroma.enlarge(plane, size, (down, across)), made)


@pytest.mark.parametrize("bad", [np.zeros((0, 4), np.uint8), np.zeros((4, 4), np.int16)])
def test_what_is_no_plane_is_refused(bad: Plane) -> None:
    engine = pick_engine(random_network(0, 1, 1, 1))
    with pytest.raises(FrameError):
        luma(engine, bad)


def test_more_threads_than_rows_or_sense_do_no_harm() -> None:
    network = random_network(13, 3, 1, 8)
    picture = noise(9, 7)
    np.testing.assert_array_equal(
        luma(NativeEngine(network, 500), picture), reference(network, picture)
    )


def test_a_picture_beyond_the_limit_is_refused() -> None:
    engine = pick_engine(random_network(0, 1, 1, 1))
    with pytest.raises(FrameError, match="at most 16384, got 16385x1"):
        luma(engine, np.zeros((1, 16385), np.uint8))


def test_no_threads_are_refused() -> None:
    with pytest.raises(FrameError, match="threads"):
        pick_engine(random_network(0, 1, 1, 1), threads=0)


def test_the_native_module_checks_what_it_is_given() -> None:
    network = random_network(0, 2, 1, 3)
    layers = [_native.Layer(x.weight, x.bias, x.multiplier, x.shift) for x in network.layers]
    with pytest.raises(ValueError, match="factor"):
        _native.Enlarger(layers, 3, "nearest")
    with pytest.raises(ValueError, match="last layer"):
        _native.Enlarger(layers[:1], 1, "nearest")
    with pytest.raises(ValueError, match="skip"):
        _native.Enlarger(layers, 1, "cubic")
    enlarger = _native.Enlarger(layers, 1, "nearest")
    with pytest.raises(ValueError, match="twice"):
        enlarger.enlarge(noise(4, 4), np.empty((8, 9), np.uint8), None, [], 1)


def test_one_engine_serves_many_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    network = random_network(11, 4, 1, 16)
    engine = NativeEngine(network, 2)
    many = [noise(24, 31, seed) for seed in range(12)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(partial(luma, engine), many))
    for picture, enlarged in zip(many, made, strict=True):
        np.testing.assert_array_equal(enlarged, reference(network, picture))
