"""The native module survives whatever it is given: arrays of any shape, damaged model files."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, basic_indices

from pellucid import _native
from pellucid.artifact import find_model
from pellucid.errors import ArtifactError
from pellucid.video.engine import ENGINES, luma, pick_engine
from pellucid.video.integer import reference
from pellucid.video.model import load
from video.networks import noise, random_network, uniform_network

NETWORK = uniform_network(1, 3, 8)


def enlarger(name: str) -> _native.Enlarger:
    layers = [_native.Layer(x.weight, x.bias, x.multiplier, x.shift) for x in NETWORK.layers]
    return _native.Enlarger(layers, 1, "bilinear", name)


shapes = array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=24)
planes = st.one_of(
    arrays(np.uint8, shapes),
    arrays(np.uint8, (20, 24)).flatmap(
        lambda array: basic_indices(array.shape, min_dims=2, max_dims=2).map(
            lambda index: array[index]
        )
    ),
    arrays(np.int16, (6, 7)),
)
masks = st.one_of(st.none(), arrays(np.uint8, st.tuples(st.integers(0, 24), st.integers(0, 6))))
REFUSALS = (TypeError, ValueError)


@settings(max_examples=600, deadline=None)
@given(
    name=st.sampled_from(_native.kernels()),
    picture=planes,
    out=planes,
    fits=st.booleans(),
    mask=masks,
    threads=st.integers(-3, 40),
)
def test_any_arrays_are_served_or_refused(
    name: str,
    picture: np.ndarray,
    out: np.ndarray,
    fits: bool,
    mask: np.ndarray | None,
    threads: int,
) -> None:
    if fits and picture.ndim == 2:
        out = np.empty((2 * picture.shape[0], 2 * picture.shape[1]), np.uint8)
    try:
        colours = [_native.Colour(picture, out, "centered", "cosited")]
        enlarger(name).enlarge(picture, out, mask, colours, threads)
        _native.count_traces(picture, np.empty((4, 9), np.int64))
        enlarger(name).changed(picture, picture[::-1], np.empty((20, 6), np.uint8))
    except REFUSALS:
        pass


@settings(max_examples=300, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_model_is_refused_unless_it_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int, cut: bool
) -> None:
    whole = bytearray(find_model("lite").read_bytes())
    at = int(place * len(whole))
    whole[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("damaged") / "model.safetensors"
    path.write_bytes(whole[:at] if cut else whole)
    try:
        damaged = load(path)[0]
    except ArtifactError:
        return
    # A letter of the card's prose, which nothing depends on.
    picture = noise(20, 20)
    original = load(find_model("lite"))[0]
    assert not cut
    np.testing.assert_array_equal(reference(damaged, picture), reference(original, picture))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), name=st.sampled_from(_native.kernels()))
def test_extreme_numbers_in_every_place_give_the_bytes_of_the_reference(
    seed: int, name: str
) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(seed, int(rng.integers(1, 4)), int(rng.integers(1, 3)), 24)
    for layer in network.layers:
        layer.weight[...] = rng.choice(np.array([-127, 0, 127], np.int8), layer.weight.shape)
        layer.bias[...] = rng.choice(np.array([-(2**29), 0, 2**29], np.int32), layer.bias.shape)
        layer.multiplier[...] = rng.choice(np.array([0, 32767], np.int16), layer.multiplier.shape)
    picture = rng.choice(np.array([0, 255], np.uint8), tuple(rng.integers(1, 30, 2)))
    made = luma(ENGINES[name](network, 2), picture)
    np.testing.assert_array_equal(made, reference(network, picture))


def test_a_forked_process_has_threads_of_its_own() -> None:
    engine = pick_engine(NETWORK, 3)
    picture = noise(60, 50)
    expected = luma(engine, picture)
    child = os.fork()
    if child == 0:
        os._exit(0 if (luma(engine, picture) == expected).all() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
