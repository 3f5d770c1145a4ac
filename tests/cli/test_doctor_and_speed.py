"""`pellucid doctor` and `pellucid bench speed`: shapes, not times."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from cli.test_measuring_and_training import SIZE, pellucid, write_clip
from pellucid import _native
from pellucid.artifact import find_model
from pellucid.bench.twin import onnx_twin
from pellucid.doctor import SIZES
from pellucid.video.integer import reference
from pellucid.video.model import load
from video.networks import noise


def test_the_doctor_speaks_to_people() -> None:
    done = pellucid("doctor")
    assert done.returncode == 0, done.stderr
    assert f"engine: {_native.kernels()[0]}, the fastest of" in done.stdout
    for word in ("standard", "480x360", "decodes: h264", "encodes: h264"):
        assert word in done.stdout


def test_the_doctor_speaks_to_programs() -> None:
    health = json.loads(pellucid("doctor", "--json").stdout)
    assert health["kernels"]["portable"] is True
    measured = {(one["model"], one["height"], one["width"]) for one in health["models"]}
    names = ("clean", "lite", "standard", "vivid")
    assert measured == {(name, *size) for name in names for size in SIZES}
    assert all(one["milliseconds"] > 0 for one in health["models"])
    stages = {(one["stage"], one["packet_ms"]) for one in health["voices"]}
    assert stages == {
        (s, ms)
        for s in ("Classifier", "Denoiser", "Extender", "Clearer", "Concealer")
        for ms in (10, 20)
    }
    assert all(one["share"] > 0 for one in health["voices"])


def test_speed_is_measured_and_written(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    write_clip(tmp_path / "clips" / "clip.mp4", SIZE, 6)
    words = ["--repeats", 3, "--threads", 1, "--clips", tmp_path / "clips"]
    done = pellucid("bench", "speed", *words, "--out", tmp_path / "docs", "--json")
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    names = {timing["name"] for timing in measured["timings"]}
    ours = {f"{m}, {kernels}" for m in ("standard", "lite") for kernels in _native.kernels()}
    assert names >= ours | {"swscale bicubic"}
    assert measured == json.loads((tmp_path / "docs" / "speed.json").read_text())
    assert [one["name"] for one in measured["live"]] == ["clip, 150 kbit/s", "clip, 300 kbit/s"]
    page = (tmp_path / "docs" / "speed.md").read_text()
    assert "pellucid bench speed --clips clips --threads 1 --repeats 3" in page
    with Image.open(tmp_path / "docs" / "speed.png") as drawn:
        assert drawn.width > 500


def test_speed_says_what_it_misses_in_a_folder_of_peers(tmp_path: Path) -> None:
    done = pellucid("bench", "speed", "--peers", tmp_path, "--repeats", 3)
    assert done.returncode == 1
    assert "opencv_fsrcnn_small" in done.stderr


def test_the_twin_does_the_same_amount_of_work() -> None:
    """Its scales are not ours; its shapes and its input are."""
    import onnxruntime
    import pytest

    pytest.importorskip("onnx")
    network = load(find_model("lite"))[0].networks[0]
    picture = noise(16, 20)
    session = onnxruntime.InferenceSession(
        onnx_twin(network, 16, 20), providers=["CPUExecutionProvider"]
    )
    made = session.run(None, {"picture": picture[None, None].astype(np.float32)})[0]
    assert made.shape[2:] == reference(network, picture).shape
