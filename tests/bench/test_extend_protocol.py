"""The extension protocol: what its distances mean, and who is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.voices import speech
from pellucid.bench.compare_voice import compare_voices
from pellucid.bench.extend import measure
from pellucid.bench.extend_scores import METRICS, log_spectral_distance, low_change
from pellucid.bench.voice_items import CLEAN_SNR, clean_items


def test_the_distance_is_that_of_the_formula() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32)
    assert log_spectral_distance(noise, noise) == 0
    assert log_spectral_distance(noise, 0.1 * noise) == pytest.approx(2, abs=1e-4)
    quiet_above = np.fft.rfft(noise)
    quiet_above[8_000:] *= 0.1
    made = np.fft.irfft(quiet_above).astype(np.float32)
    assert log_spectral_distance(noise, made, 0.27) == pytest.approx(2, abs=0.1)
    assert low_change(noise, made, 0.2) < -100
    assert low_change(noise, noise + np.float32(0.01) * noise, 0.2) == pytest.approx(-40, abs=0.1)


def test_voices_are_extended_beside_interpolation(tmp_path: Path) -> None:
    for number in range(2):
        soundfile.write(tmp_path / f"{number}.flac", speech(16_000, 2.0, number), 16_000)
    rows = list(measure(tmp_path, 1, 8_000, 16_000))
    assert [row.method for row in rows] == ["sinc", "pellucid"]
    assert all(row.scores.keys() == set(METRICS) for row in rows)
    assert rows[1].scores["lsd_high"] < rows[0].scores["lsd_high"] - 1
    assert rows[0].scores["low_db"] < -100


def test_clean_voices_are_items_too(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", speech(16_000, 2.0), 16_000)
    (item,) = clean_items(tmp_path, 5, 16_000)
    assert item.snr == CLEAN_SNR
    np.testing.assert_array_equal(item.noisy, item.clean)


def test_files_are_compared_and_drawn(tmp_path: Path) -> None:
    voice = speech(16_000, 2.0)
    hiss = np.random.default_rng(0).normal(0, 0.02, voice.size)
    soundfile.write(tmp_path / "voice.flac", voice, 16_000)
    soundfile.write(tmp_path / "before.wav", voice + hiss, 16_000)
    soundfile.write(tmp_path / "after.wav", (voice + 0.2 * hiss)[:-3_000], 16_000)
    paths = [tmp_path / f"{name}" for name in ("voice.flac", "after.wav", "before.wav")]
    before, after = compare_voices(*paths, tmp_path / "look.png")
    assert before.path == str(paths[2])
    assert after.scores["pesq"] > before.scores["pesq"]
    assert after.scores["lsd"] < before.scores["lsd"]
    assert (tmp_path / "look.png").stat().st_size > 10_000
