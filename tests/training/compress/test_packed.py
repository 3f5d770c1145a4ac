"""Packed files: what goes in comes out, and damage is refused, wherever it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.artifact import shipped_models
from pellucid.errors import ArtifactError
from pellucid.training.compress.coding import CODERS, Coder, decode, encode, table_of
from pellucid.training.compress.packed import pack, read_packed, unpack, write_packed
from pellucid.training.compress.streams import FAR, from_streams, to_streams
from pellucid.video.engine import luma, pick_engine
from pellucid.video.integer import IntegerNetwork
from pellucid.video.model import load
from pellucid.video.model import pack as to_tensors
from pellucid.video.model import unpack as to_network
from training.textures import texture

coders = st.sampled_from(CODERS)
seeds = st.integers(0, 2**32 - 1)
streams = st.lists(
    st.lists(st.integers(0, 40), max_size=60).map(lambda numbers: np.array(numbers, np.int32)),
    max_size=5,
)


def sparse(seed: int, size: int, share: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Few values, `share` of them not zero."""
    rng = np.random.default_rng(seed)
    return (rng.integers(1, 9, size) / 8 * (rng.random(size) < share)).astype(np.float32)


@given(streams, coders)
def test_streams_come_back(given: list[np.ndarray], coder: Coder) -> None:  # type: ignore[type-arg]
    back = decode(encode(given, coder), [table_of(one) for one in given], coder)
    assert len(back) == len(given)
    assert all(np.array_equal(one, other) for one, other in zip(given, back, strict=True))


@pytest.mark.parametrize("coder", CODERS)
def test_a_stream_takes_what_its_entropy_says(coder: Coder) -> None:
    shares = np.array([0.5, 0.25, 0.125, 0.125])
    stream = np.random.default_rng(1).choice(4, 20_000, p=shares).astype(np.int32)
    bits = 8 * len(encode([stream], coder))
    bound = table_of(stream).entropy * len(stream)
    assert table_of(stream).entropy == pytest.approx(1.75, abs=0.02)
    assert bound <= bits + 1e-6
    assert bits <= 1.01 * bound + 64


def test_ans_goes_below_a_bit_and_huffman_does_not() -> None:
    stream = (np.random.default_rng(1).random(20_000) < 0.02).astype(np.int32)
    sizes = {coder: 8 * len(encode([stream], coder)) / len(stream) for coder in CODERS}
    assert sizes["huffman"] == pytest.approx(1, abs=0.01)
    assert sizes["ans"] == pytest.approx(table_of(stream).entropy, abs=0.01)
    assert sizes["ans"] < 0.2


@given(seeds, st.integers(1, 3000), st.sampled_from((0.0, 0.004, 0.03, 0.3, 0.9, 1.0)))
def test_a_tensor_comes_back_from_its_streams(seed: int, size: int, share: float) -> None:
    flat = sparse(seed, size, share)
    coded = to_streams(flat)
    if coded is None:
        assert len(np.unique(flat)) > size // 2
        return
    assert np.array_equal(from_streams(coded, size), flat)
    assert coded.gaps is None or coded.gaps.max(initial=0) <= FAR


@settings(max_examples=50)
@given(seeds, coders, st.floats(0, 1))
def test_a_packed_network_comes_back(seed: int, coder: Coder, share: float) -> None:
    rng = np.random.default_rng(seed)
    tensors = {
        "few values": sparse(seed, 8 * 12, share).reshape(8, 12),
        "all different": rng.normal(size=(7,)).astype(np.float32),
        "codes": rng.integers(-7, 8, (5, 4, 3, 3)).astype(np.int8),
        "more codes": rng.integers(-7, 8, (2, 5)).astype(np.int8),
        "biases": rng.integers(-(2**29), 2**29, 5).astype(np.int32),
        "nothing": np.zeros((0, 3), np.float32),
    }
    told = {"kind": "made up", "seed": seed}
    back, settings = unpack(pack(tensors, told, coder))
    assert settings == told
    assert back.keys() == tensors.keys()
    for name, tensor in tensors.items():
        kept = tensor.astype(np.float16) if tensor.dtype == np.float32 else tensor
        assert back[name].dtype == kept.dtype
        assert back[name].shape == kept.shape
        assert np.array_equal(back[name], kept)


@pytest.fixture(scope="module")
def packed() -> bytes:
    return pack({"weight": sparse(1, 600, 0.2).reshape(6, 100)}, {"name": "small"}, "ans")


def test_every_flipped_bit_is_refused(packed: bytes) -> None:
    assert len(packed) > 100
    for place in range(len(packed)):
        for bit in range(8):
            flipped = bytearray(packed)
            flipped[place] ^= 1 << bit
            with pytest.raises(ArtifactError, match="packed model"):
                unpack(bytes(flipped))


def test_every_cut_is_refused(packed: bytes, tmp_path: Path) -> None:
    for length in range(len(packed)):
        with pytest.raises(ArtifactError, match="packed model"):
            unpack(packed[:length])
    path = tmp_path / "cut.plc"
    write_packed(path, packed[:-1])
    with pytest.raises(ArtifactError, match=r"cut\.plc: damaged packed model"):
        read_packed(path)
    with pytest.raises(ArtifactError, match="no readable model file"):
        read_packed(tmp_path / "nowhere.plc")


@pytest.mark.parametrize("coder", CODERS)
def test_a_shipped_network_is_the_same_network_afterwards(coder: Coder) -> None:
    network, card = load(shipped_models()["clean"])
    artifact = to_tensors(network, card)
    data = pack(artifact.tensors, artifact.card.settings, coder)
    back = to_network(*unpack(data))
    assert isinstance(network, IntegerNetwork)
    assert isinstance(back, IntegerNetwork)
    picture = texture(5, 64)
    made, again = (luma(pick_engine(one), picture) for one in (network, back))
    assert np.array_equal(made, again)
    assert len(data) < sum(tensor.nbytes for tensor in artifact.tensors.values())
