"""`pellucid export` by its words."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import onnxruntime
import pytest

from command import COMMAND, fails, pellucid
from pellucid.artifact import find_model
from pellucid.audio.voices import shipped_voices

pytest.importorskip("torch")
pytest.importorskip("onnx")


def test_a_network_of_pictures_to_onnx(tmp_path: Path) -> None:
    made = tmp_path / "made"
    done = pellucid("export", "lite", "--to", "onnx", "--size", "64x48", "--out", made)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    size = (made / "lite.onnx").stat().st_size
    assert f"lite.onnx: {size:,} bytes" in done.stdout
    assert "the same bytes as the reference" in done.stdout
    session = onnxruntime.InferenceSession(str(made / "lite.onnx"))
    assert [each.shape for each in session.get_inputs()] == [[1, 1, "H", "W"]]


def test_networks_of_voices_are_copied_to_onnx(tmp_path: Path) -> None:
    done = pellucid("export", "extend-16k", "--to", "onnx", "--out", tmp_path / "v", "--json")
    card = json.loads(done.stdout)
    copied = (tmp_path / "v" / "extend-16k.onnx").read_bytes()
    assert copied == shipped_voices()["extend-16k"].read_bytes()
    assert card["format"] == "onnx"
    assert card["data_licence"]
    assert '"state", float32 (' in card["input"]


def test_networks_of_voices_to_mnn_drift_nowhere(tmp_path: Path) -> None:
    pytest.importorskip("MNN")
    done = pellucid("export", "denoise-lite", "--to", "mnn", "--out", tmp_path / "v", "--json")
    card = json.loads(done.stdout)
    assert 0 <= card["largest_difference"] < 1e-4
    assert (tmp_path / "v" / "denoise-lite.mnn").stat().st_size > 50_000


def test_formats_that_cannot_hold_a_voice_are_refused(tmp_path: Path) -> None:
    words = ("export", "denoise-lite", "--to", "coreml", "--out", tmp_path / "v")
    fails(1, "those of voices go to onnx and mnn", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_voice_has_no_levels(tmp_path: Path) -> None:
    words = ("export", "denoise-lite", "--to", "onnx", "--level", 3, "--out", tmp_path / "v")
    fails(1, "level: denoise-lite has none", *words)
    assert not (tmp_path / "v").exists()


def test_wrong_usage(tmp_path: Path) -> None:
    for words in (
        ("export", "lite"),
        ("export", "lite", "--to", "abacus"),
        ("export", "lite", "--to", "onnx", "--size", "480"),
        ("export", "lite", "--to", "onnx", "--size", "1x1"),
    ):
        assert pellucid(*words).returncode == 2, words
    assert list(tmp_path.iterdir()) == []


def test_models_that_are_none_are_one_line(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.safetensors"
    rubbish.write_bytes(find_model("lite").read_bytes()[:-9])
    out = ("--out", tmp_path / "made")
    fails(1, "shipped models", "export", "nonesuch", "--to", "onnx", *out)
    fails(1, "not a readable model file", "export", rubbish, "--to", "onnx", *out)
    voice = rubbish.with_suffix(".onnx")
    voice.write_bytes(shipped_voices()["classify"].read_bytes()[9:])
    fails(1, "damaged model file", "export", voice, "--to", "onnx", *out)
    assert not (tmp_path / "made").exists()


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    words = [*COMMAND, "export", "standard", "--to", "onnx", "--out", str(tmp_path / "made")]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    while not any(tmp_path.iterdir()) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate()
    assert process.returncode == 130, complaint
    assert list(tmp_path.iterdir()) == []
