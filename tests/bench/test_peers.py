"""Peers through the real ONNX Runtime, with a network made here."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scenes import colourful, scene
from tiny_onnx import write_nearest_peer

from pellucid.bench.methods import ColourMethod, LumaMethod
from pellucid.bench.peers import find_peers, load_peer
from pellucid.errors import ArtifactError, MissingExtraError


@pytest.mark.parametrize("white", [1.0, 255.0])
@pytest.mark.parametrize("multiple", [1, 4])
def test_a_luma_peer_runs_on_its_own_scale_and_multiple(
    tmp_path: Path, white: float, multiple: int
) -> None:
    method = load_peer(write_nearest_peer(tmp_path / "near", "y", white, multiple))
    assert isinstance(method, LumaMethod)
    assert method.name == "near"
    picture = scene(15, 22)
    assert np.array_equal(method.enlarge(picture), picture.repeat(2, axis=0).repeat(2, axis=1))


def test_a_colour_peer_keeps_its_channels_apart(tmp_path: Path) -> None:
    method = load_peer(write_nearest_peer(tmp_path / "near", "rgb", 1.0))
    assert isinstance(method, ColourMethod)
    picture = colourful(10, 12)
    assert np.array_equal(method.enlarge(picture), picture.repeat(2, axis=0).repeat(2, axis=1))


def test_peers_are_found_by_their_two_files(tmp_path: Path) -> None:
    write_nearest_peer(tmp_path / "b", "y", 1.0)
    write_nearest_peer(tmp_path / "a", "rgb", 1.0)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "model.onnx").write_bytes(b"")
    assert [path.name for path in find_peers(tmp_path)] == ["a", "b"]


def test_a_card_may_say_what_its_network_costs(tmp_path: Path) -> None:
    folder = write_nearest_peer(tmp_path / "near", "rgb", 1.0)
    assert load_peer(folder).macs is None
    card = {**json.loads((folder / "meta.json").read_text()), "gmacs_480x360": 1.966}
    (folder / "meta.json").write_text(json.dumps(card))
    assert load_peer(folder).macs == 1_966_000_000


@pytest.mark.parametrize(
    "card",
    [
        "not json",
        "{}",
        '{"io": "z", "range": 1, "multiple": 1}',
        '{"io": "y", "range": 2, "multiple": 1}',
        '{"io": "y", "range": 1, "multiple": 1, "gmacs_480x360": "few"}',
    ],
)
def test_a_bad_card_is_refused(tmp_path: Path, card: str) -> None:
    folder = write_nearest_peer(tmp_path / "near", "y", 1.0)
    (folder / "meta.json").write_text(card)
    with pytest.raises(ArtifactError, match="near"):
        load_peer(folder)


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    folder = write_nearest_peer(tmp_path / "near", "y", 1.0)
    (folder / "model.onnx").write_bytes(b"nonsense")
    with pytest.raises(ArtifactError, match=r"model\.onnx: no ONNX model"):
        load_peer(folder)


def test_a_missing_runtime_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_nearest_peer(tmp_path / "near", "y", 1.0)
    assert json.loads((folder / "meta.json").read_text())["io"] == "y"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r'pip install "pellucid\[bench\]"'):
        load_peer(folder)
