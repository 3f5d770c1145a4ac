"""The denoiser: a Stage by the laws, better than nothing on noise, and harmless without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

import laws
import pellucid
from audio.voices import speech
from pellucid.audio.clear import Clearer
from pellucid.audio.denoise import Denoiser
from pellucid.audio.files import read_sound
from pellucid.audio.voices import shipped_voices
from pellucid.errors import ArtifactError, FrameError
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import run

SAMPLES = Path(__file__).parents[2] / "samples"
MODELS = [name.removeprefix("denoise-") for name in shipped_voices() if name.startswith("denoise-")]


def noisy(rate: int, seconds: float, snr: float, seed: int = 1) -> tuple[Samples, Samples]:
    voice = speech(rate, seconds, seed)
    noise = np.random.default_rng(seed).normal(size=voice.size) * 0.05 * 10 ** (-snr / 20)
    return (voice + noise).astype(np.float32), voice


def ratio(made: Samples, voice: Samples) -> float:
    rest = made - voice
    return float(10 * np.log10((voice @ voice) / (rest @ rest)))


@settings(deadline=None, max_examples=10)
@given(cuts=st.lists(st.integers(0, 9600), max_size=6))
@pytest.mark.parametrize("make", [Denoiser, Clearer])
def test_the_laws_of_sound(make: type[Denoiser | Clearer], cuts: list[int]) -> None:
    samples = np.stack([noisy(48_000, 0.2, 5, seed)[0] for seed in (1, 2)])
    laws.chunking_does_not_matter(make, samples, cuts)
    laws.no_sample_is_lost_and_pts_are_contiguous(make, samples, cuts)
    laws.sound_is_causal_within_latency(make, samples, 6000)
    laws.push_after_flush_raises(make, AudioFrame(samples, 48_000))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_noise_goes(model: str, rate: int) -> None:
    voice = read_sound(SAMPLES / "voice.flac", rate)[0]
    level = np.sqrt(np.square(voice).mean()) * 10 ** (-5 / 20)
    given = voice + np.random.default_rng(0).normal(0, level, voice.size).astype(np.float32)
    assert ratio(pellucid.denoise(given, rate, model), voice) > ratio(given, voice) + 1.5


@pytest.mark.parametrize("rate", [24_000, 48_000])
def test_a_wide_sound_is_cleaned_as_its_resampled_self(rate: int) -> None:
    voice = read_sound(SAMPLES / "voice.flac", rate)[0]
    level = np.sqrt(np.square(voice).mean()) * 10 ** (-5 / 20)
    given = voice + np.random.default_rng(0).normal(0, level, voice.size).astype(np.float32)
    wide, narrow = (soxr.resample(x, rate, 16_000) for x in (pellucid.denoise(given, rate), given))
    assert ratio(wide, pellucid.denoise(narrow, 16_000)) > 50


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_noise_alone_is_lowered_by_the_limit(rate: int) -> None:
    noise = (np.random.default_rng(0).normal(size=3 * rate) * 0.02).astype(np.float32)
    level = [np.linalg.norm(x[rate:]) for x in (noise, pellucid.denoise(noise, rate))]
    assert 20 * np.log10(level[1] / level[0]) < -15
    limited = np.linalg.norm(pellucid.denoise(noise, rate, limit_db=6.0)[rate:])
    assert -6.5 < 20 * np.log10(limited / level[0]) < -4


def test_strength_0_changes_nothing() -> None:
    given, _ = noisy(16_000, 0.5, 0)
    np.testing.assert_allclose(pellucid.denoise(given, 16_000, strength=0), given, atol=1e-6)


def test_channels_do_not_hear_each_other() -> None:
    both = np.stack([noisy(16_000, 0.5, 0, seed)[0] for seed in (1, 2)])
    made = pellucid.denoise(both, 16_000)
    np.testing.assert_allclose(made[1], pellucid.denoise(both[1], 16_000), atol=1e-6)


def test_silence_stays_silent() -> None:
    for make in (Denoiser, Clearer):
        frames = [
            AudioFrame(np.zeros((1, 48_000), np.float32), 48_000, 48_000 * n) for n in range(5)
        ]
        assert max(np.abs(f.samples).max() for f in run(make(), frames)) < 1e-6


@pytest.mark.parametrize("samples", [np.full(16_000, 0.5), np.sign(np.sin(np.arange(16_000)))])
def test_constants_and_clipping_come_out_finite(samples: np.ndarray) -> None:
    made = pellucid.denoise(samples.astype(np.float32), 16_000)
    assert np.isfinite(made).all()
    assert np.abs(made).max() < 2


def test_any_channels_and_lengths() -> None:
    for shape in ((0,), (7, 80), (1, 1), (2, 0), (55,)):
        made = pellucid.denoise(np.zeros(shape, np.float32), 11_025)
        assert (made.shape, made.dtype) == (shape, np.float32)


def test_what_is_wrong_is_one_clear_error() -> None:
    good = np.zeros(160, np.float32)
    for bad in (np.nan, np.inf, -1e19):
        with pytest.raises(FrameError, match="NaN or above"):
            pellucid.denoise(np.full(160, bad, np.float32), 16_000)
    for call in (
        lambda: pellucid.denoise(good.astype(np.int16), 16_000),
        lambda: pellucid.denoise(good[None, None], 16_000),
        lambda: pellucid.denoise(good, 0),
        lambda: pellucid.denoise(good, 16_000, strength=1.5),
        lambda: pellucid.denoise(good, 16_000, limit_db=-1),
        lambda: pellucid.denoise(good, 16_000, limit_db=float("nan")),
    ):
        with pytest.raises(FrameError, match="expected"):
            call()
    with pytest.raises(ArtifactError, match="standard"):
        pellucid.denoise(good, 16_000, "loud")
    with pytest.raises(ArtifactError, match="expected a model of kind voice-denoise"):
        pellucid.denoise(good, 16_000, str(shipped_voices()["extend-16k"]))


def test_a_stream_that_changes_its_rate_is_refused() -> None:
    stage = Denoiser()
    stage.push(AudioFrame(np.zeros((1, 160), np.float32), 16_000))
    with pytest.raises(FrameError, match="sample_rate"):
        stage.push(AudioFrame(np.zeros((1, 160), np.float32), 8_000, 160))


def test_an_hour_leaves_the_state_as_a_minute_does() -> None:
    """An hour of noise and speech in turns: the last minute sounds as the first did."""
    minute = np.concatenate([noisy(16_000, 20, snr)[0] for snr in (0, 10, 40)])
    stage, first, last = Denoiser(), np.zeros(0), np.zeros(0)
    for number in range(60):
        frames = stage.push(AudioFrame(minute[None], 16_000, number * minute.size))
        made = np.concatenate([frame.samples[0] for frame in frames])
        assert np.isfinite(made).all()
        first, last = (made if number == 1 else first), made
    np.testing.assert_allclose(last, first, atol=1e-3)
