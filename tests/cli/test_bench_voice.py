"""`pellucid bench voice` from folders to tables."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile

from audio.voices import speech
from cli.test_measuring_and_training import pellucid


def test_voices_are_scored(tmp_path: Path) -> None:
    t = np.arange(48_000) / 16_000
    tones = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    hiss = np.random.default_rng(0).normal(0, 0.1, t.size)
    for name, samples in (("speech", 0.1 * tones * np.sin(9 * t) ** 2), ("noise", hiss)):
        (tmp_path / name).mkdir()
        soundfile.write(tmp_path / name / "a.flac", samples, 16_000)
    words = ["--speech", tmp_path / "speech", "--noise", tmp_path / "noise", "--count", 2]
    done = pellucid("bench", "voice", *words, "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    noisy = [row for row in rows if row["method"] == "noisy"]
    assert [row["snr"] for row in noisy] == [-5, 5, 100]
    assert noisy[0]["scores"]["si_sdr"] < noisy[1]["scores"]["si_sdr"]
    assert {row["method"] for row in rows} >= {"noisy", "pellucid standard"}
    done = pellucid("bench", "voice", *words, "--model", "standard")
    assert "## Voices without noise" in done.stdout
    assert "| pellucid standard | 5 dB |" in done.stdout


def test_extension_is_scored_and_voices_compared(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", speech(16_000, 2.0), 16_000)
    done = pellucid("bench", "extend", "--speech", tmp_path, "--count", 1)
    assert done.returncode == 0, done.stderr
    assert "| pellucid |" in done.stdout
    look = tmp_path / "look.png"
    words = [tmp_path / "a.flac", tmp_path / "a.flac", "--picture", look]
    done = pellucid("compare", *words, "--json")
    assert json.loads(done.stdout)["files"][0]["scores"]["lsd"] == 0
    assert look.is_file()


def test_a_folder_without_sound_is_named(tmp_path: Path) -> None:
    done = pellucid("bench", "voice", "--speech", tmp_path, "--noise", tmp_path)
    assert done.returncode == 1
    assert "holds no sound file" in done.stderr
