"""Voice models on disk: any ONNX reader takes them, ours notices a flipped bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from pellucid.artifact import Card
from pellucid.audio.model import read_voice, write_voice
from pellucid.audio.session import Session
from pellucid.audio.voices import find_voice, shipped_voices
from pellucid.errors import ArtifactError

SHIPPED = sorted(shipped_voices().values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_other_readers_take_them(path: Path) -> None:
    model = onnx.load(str(path))
    onnx.checker.check_model(model)
    assert [entry.key for entry in model.metadata_props] == ["pellucid"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_frames_one_by_one_give_what_all_at_once_give(path: Path) -> None:
    session = Session(path)
    shape = [7, *_frame_shape(path)]
    frames = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    whole, end = session.run(frames, session.start())
    state, pieces = session.start(), []
    for frame in frames:
        made, state = session.run(frame[None], state)
        pieces.append(made)
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(state, end, atol=1e-5)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    network, card = read_voice(SHIPPED[0])
    write_voice(tmp_path / "copy.onnx", network, card)
    assert (tmp_path / "copy.onnx").read_bytes() == SHIPPED[0].read_bytes()
    changed = Card("né", "{", "data", "licence", "command", scores={"a": {"b": 1.5}})
    write_voice(tmp_path / "other.onnx", network, changed)
    assert read_voice(tmp_path / "other.onnx") == (network, changed)
    for size in (*range(100, 140), 15_440, 15_500):  # of which some hold a brace in their sizes
        long = replace(changed, data="d" * size)
        write_voice(tmp_path / "long.onnx", network, long)
        assert read_voice(tmp_path / "long.onnx")[1] == long


def test_damage_is_one_clear_error(tmp_path: Path) -> None:
    content, path = SHIPPED[0].read_bytes(), tmp_path / "bad.onnx"
    network, card = read_voice(SHIPPED[0])
    flipped = bytearray(content)
    flipped[len(network) // 2] ^= 1
    for bad in (b"", b"ONNX?", network, bytes(flipped), content[:-9], content[100:]):
        path.write_bytes(bad)
        with pytest.raises(ArtifactError, match=r"bad\.onnx: "):
            Session(path)
    write_voice(path, b"not a network", card)
    with pytest.raises(ArtifactError, match="not a network"):
        Session(path)
    with pytest.raises(ArtifactError, match="no readable model file"):
        read_voice(tmp_path / "gone.onnx")


def test_names_and_paths_are_found() -> None:
    assert find_voice("denoise", "standard") == find_voice(
        "denoise", str(find_voice("denoise", "standard"))
    )
    with pytest.raises(ArtifactError, match="16k, 48k"):
        find_voice("extend", "8k")


def _frame_shape(path: Path) -> list[int]:
    graph = onnx.load(str(path)).graph
    return [size.dim_value for size in graph.input[0].type.tensor_type.shape.dim][1:]
