"""Model files come back as written, and anything else is one clear error."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pellucid.artifact import FORMAT, Artifact, Card, find_model, read, shipped_models, write
from pellucid.errors import ArtifactError

CARD = Card("tiny", "a test", "no data", "no licence", "by hand", kind="test")
MODEL = Artifact(CARD, {"a": np.arange(4, dtype=np.int8), "b": np.eye(2, dtype=np.int32)})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    write(path, MODEL)
    return path


def test_what_is_written_is_read(model: Path) -> None:
    artifact = read(model)
    assert artifact.card == CARD
    assert artifact.tensors.keys() == MODEL.tensors.keys()
    for name, tensor in MODEL.tensors.items():
        np.testing.assert_array_equal(artifact.tensors[name], tensor)
        assert artifact.tensors[name].dtype == tensor.dtype


def test_writing_twice_gives_the_same_bytes(model: Path, tmp_path: Path) -> None:
    write(tmp_path / "again.safetensors", MODEL)
    assert (tmp_path / "again.safetensors").read_bytes() == model.read_bytes()


def test_every_flipped_bit_of_the_weights_is_noticed(model: Path) -> None:
    whole = model.read_bytes()
    weights = 4 + 4 * 4  # bytes of the two tensors, at the end of the file
    for offset in range(1, weights + 1):
        damaged = bytearray(whole)
        damaged[-offset] ^= 1
        model.write_bytes(damaged)
        with pytest.raises(ArtifactError, match="damaged"):
            read(model)


def test_a_cut_file_is_refused_wherever_it_is_cut(model: Path) -> None:
    whole = model.read_bytes()
    for length in range(0, len(whole), 7):
        model.write_bytes(whole[:length])
        with pytest.raises(ArtifactError):
            read(model)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file({"a": np.zeros(3)}, path)
    with pytest.raises(ArtifactError, match="no Pellucid mark"):
        read(path)
    save_file({"a": np.zeros(3)}, path, {"pellucid": '{"format": "pellucid-model-99"}'})
    with pytest.raises(ArtifactError, match=f"expected a model of format {FORMAT}"):
        read(path)
    path.write_bytes(pickle.dumps({"weights": [1, 2, 3]}))
    with pytest.raises(ArtifactError, match="not a readable model file"):
        read(path)
    with pytest.raises(ArtifactError, match="no such model file"):
        read(tmp_path / "missing.safetensors")


def test_a_card_that_lacks_a_field_is_refused(model: Path) -> None:
    header = json.loads(_mark(model))
    header["card"] = {"name": "tiny"}
    save_file(MODEL.tensors, model, {"pellucid": json.dumps(header)})
    with pytest.raises(ArtifactError, match="card"):
        read(model)


def test_a_card_with_a_newer_field_is_read(model: Path) -> None:
    header = json.loads(_mark(model))
    header["card"]["mood"] = "cheerful"
    save_file(MODEL.tensors, model, {"pellucid": json.dumps(header)})
    assert read(model).card == CARD


def test_an_unknown_name_lists_the_shipped_models() -> None:
    assert "standard" in shipped_models()
    with pytest.raises(ArtifactError, match="standard"):
        find_model("standrad")


def _mark(path: Path) -> str:
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    mark: str = json.loads(raw[8 : 8 + length])["__metadata__"]["pellucid"]
    return mark
