"""`pellucid listen` as a user meets it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from audio.tunes import tune
from cli.test_enhance import make_clip
from command import fails, pellucid
from pellucid.audio.files import write_sound

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    """3 s of music, 2 s of silence, 3 s of music, in stereo at 44.1 kHz."""
    music = tune(44_100, 3)
    both = np.concatenate([music, np.zeros(2 * 44_100, np.float32), music])
    write_sound(tmp_path / "turns.wav", np.stack([both, both]), 44_100)
    return tmp_path / "turns.wav"


def test_segments_cover_the_file_and_say_what_it_is(turns: Path) -> None:
    done = pellucid("listen", turns, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    segments = told["segments"]
    assert segments[0]["start"] == 0
    assert segments[-1]["end"] == told["seconds"] == 8.0
    assert all(a["end"] == b["start"] for a, b in pairwise(segments))
    (pause,) = [one for one in segments if one["label"] == "silence"]
    assert pause["start"] == pytest.approx(3.0, abs=0.3)  # a string goes on
    assert pause["end"] == pytest.approx(5.0, abs=0.021)
    assert told["totals"]["music"] > 4
    assert sum(told["totals"].values()) == pytest.approx(8.0)


def test_lines_are_for_people(turns: Path) -> None:
    done = pellucid("listen", turns)
    assert done.returncode == 0, done.stderr
    first, *rest, last = done.stdout.splitlines()
    assert first.split() == ["start", "end", "label"]
    assert any(line.split() == ["5.00", "8.00", "music"] for line in rest) or len(rest) > 3
    assert "8.00 s, of these speech" in last


@pytest.mark.parametrize("name", ["call.wav", "call.mp4", "voice.flac"])
def test_sounds_and_videos_alike(name: str) -> None:
    told = json.loads(pellucid("listen", SAMPLES / name, "--json").stdout)
    assert told["seconds"] > 2
    assert {one["label"] for one in told["segments"]} <= {"speech", "music", "noise", "silence"}


def test_a_folder_gets_the_labels_and_a_picture(turns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = pellucid("listen", turns, "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads((out / "turns.json").read_text()) == json.loads(done.stdout)
    with Image.open(out / "turns.png") as picture:
        assert picture.width > 1000
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 16) or ()}
    assert {(230, 159, 0), (255, 255, 255)} <= colours
    fails(1, "turns.json: exists", "listen", turns, "--out", out)
    assert pellucid("listen", turns, "--out", out, "--overwrite").returncode == 0


def test_what_cannot_be_heard_is_one_clear_line(tmp_path: Path) -> None:
    fails(1, "no such file", "listen", tmp_path / "none.wav")
    (tmp_path / "text.wav").write_text("no sound at all")
    fails(1, "text.wav", "listen", tmp_path / "text.wav")
    fails(1, "is a folder", "listen", tmp_path)
    fails(1, "holds no sound", "listen", make_clip(tmp_path / "mute.mp4"))
    fails(1, "no readable model", "listen", SAMPLES / "call.wav", "--model", tmp_path / "m.onnx")
