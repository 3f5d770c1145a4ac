"""`pellucid bench listen` from folders to a page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from audio.tunes import tune
from audio.voices import speech
from command import fails, pellucid
from pellucid.audio.files import write_sound

RATE = 16_000


@pytest.fixture
def words(tmp_path: Path) -> list[object]:
    noise = np.random.default_rng(0).normal(0, 0.05, 3 * RATE).astype(np.float32)
    made = {"speech": speech(RATE, 3), "music": tune(RATE, 3), "noise": noise}
    for name, samples in made.items():
        (tmp_path / name).mkdir()
        write_sound(tmp_path / name / "a.wav", samples[None], RATE)
    return [part for name in made for part in (f"--{name}", tmp_path / name)]


def test_a_page_and_its_numbers_are_written(words: list[object], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = pellucid("bench", "listen", *words, "--out", out)
    assert done.returncode == 0, done.stderr
    page = (out / "classify.md").read_text()
    assert page.strip() == done.stdout.strip()
    assert "pellucid bench listen --speech speech --music music --noise noise" in page
    assert "| speech 5 dB over noise | 1 |" in page
    assert "| true / told | speech | music | noise | silence | frames |" in page
    rows = json.loads((out / "classify.json").read_text())["rows"]
    scenes = {row["scene"] for row in rows if row.get("method") == "pellucid"}
    assert {
        "speech",
        "music",
        "noise",
        "speech 0 dB over noise",
        "speech 10 dB over music",
    } < scenes


def test_a_folder_without_sound_is_named(words: list[object], tmp_path: Path) -> None:
    (tmp_path / "music" / "a.wav").unlink()
    fails(1, "holds no sound file", "bench", "listen", *words)
