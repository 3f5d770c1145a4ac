"""The voice protocol: what is mixed, what is scored, who takes part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.voices import speech
from pellucid.audio.files import read_sound
from pellucid.bench import voice_installed
from pellucid.bench.voice import VoiceMethod, measure, table
from pellucid.bench.voice_items import SNRS, items, mix
from pellucid.bench.voice_peers import aligned, network
from pellucid.bench.voice_scores import METRICS, score, si_sdr
from pellucid.errors import ArtifactError, MediaError
from pellucid.frames import Samples

RATE = 16_000


def voice(seconds: float, pitch: float = 140) -> Samples:
    """Something like a vowel that comes and goes: harmonics under a moving envelope."""
    t = np.arange(round(RATE * seconds)) / RATE
    tones = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 20))
    return (0.1 * tones * np.sin(2 * np.pi * 1.5 * t) ** 2)[None].astype(np.float32)


def hiss(seconds: float, seed: int = 0) -> Samples:
    size = (1, round(RATE * seconds))
    return np.random.default_rng(seed).normal(0, 0.1, size).astype(np.float32)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    speech, noise = (tmp_path_factory.mktemp(name) for name in ("speech", "noise"))
    for number in range(3):
        soundfile.write(speech / f"{number}.flac", voice(3, 120 + 30 * number)[0], RATE)
        soundfile.write(noise / f"{number}.wav", hiss(2, number)[0], RATE)
    return speech, noise


def test_a_mix_has_the_ratio_it_was_asked_for() -> None:
    for snr in SNRS:
        noisy, clean = mix(voice(2), hiss(2), snr)
        ratio = np.square(clean).sum() / np.square(noisy - clean).sum()
        assert 10 * np.log10(ratio) == pytest.approx(snr, abs=0.01)
        assert np.abs(noisy).max() <= 1


def test_items_are_the_same_each_time_and_take_turns(folders: tuple[Path, Path]) -> None:
    first, again = (list(items(*folders, 10, RATE)) for _ in range(2))
    assert [item.snr for item in first] == [item.snr for item in again]
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.noisy, b.noisy)
    assert {item.snr for item in first} == set(SNRS)
    assert {item.speaker for item in first} == {"0", "1", "2"}


def test_scores_know_better_from_worse() -> None:
    clean = voice(4)
    slight, heavy = (clean + gain * hiss(4) for gain in (0.02, 0.5))
    better, worse = (score(clean, made, RATE) for made in (slight, heavy))
    assert better.keys() == set(METRICS)
    assert all(better[m] > worse[m] for m in ("pesq", "estoi", "si_sdr"))


def test_si_sdr_is_that_of_the_formula_and_blind_to_scale() -> None:
    clean = voice(1)[0]
    noise = hiss(1)[0]
    noise -= clean * float(noise @ clean) / float(clean @ clean)  # orthogonal
    expected = 10 * np.log10(float(clean @ clean) / float(noise @ noise))
    assert si_sdr(clean, clean + noise) == pytest.approx(expected, abs=1e-3)
    assert si_sdr(clean, 0.3 * (clean + noise)) == pytest.approx(expected, abs=1e-3)


def test_methods_are_measured_beside_the_noisy_sound(folders: tuple[Path, Path]) -> None:
    quieter = VoiceMethod("quieter", lambda samples, rate: 0.5 * samples)
    rows = list(measure(items(*folders, 2, RATE), [quieter]))
    assert [row.method for row in rows] == ["noisy", "quieter"] * 2
    assert rows[0].scores["si_sdr"] == pytest.approx(rows[1].scores["si_sdr"], abs=1e-3)
    page = table(rows, by=lambda row: f"{row.snr} dB")
    assert "| noisy | -5 dB |" in page


def test_a_delay_is_found_and_taken_back() -> None:
    samples = voice(1) + hiss(1)
    late = np.pad(samples, ((0, 0), (123, 0)))
    np.testing.assert_array_equal(aligned(samples, late, RATE), samples)


def test_what_is_no_sound_and_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(MediaError, match=r"text\.wav"):
        read_sound(tmp_path / "text.wav", RATE)
    with pytest.raises(MediaError, match="no sound file"):
        next(items(tmp_path / "none", tmp_path / "none", 1, RATE))
    with pytest.raises(ArtifactError, match=r"text\.wav"):
        network(tmp_path / "text.wav")


def test_a_peer_is_moved_back_by_its_delay() -> None:
    given = speech(16_000, 1.0)
    late = voice_installed._at(16_000, lambda x: np.concatenate([np.zeros(320, np.float32), x]))
    np.testing.assert_allclose(late(given[None], 16_000)[0], given, atol=1e-6)


def test_only_what_is_installed_takes_part() -> None:
    assert not voice_installed._is_there("no_such_package.inside")
    names = {"RNNoise", "WebRTC NS", "DTLN", "NSNet2", "DeepFilterNet3"}
    assert {method.name for method in voice_installed.installed()} <= names
