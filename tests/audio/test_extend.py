"""The extender: what came stays, what was missing is there, and nothing is made up elsewhere."""

from __future__ import annotations

import tracemalloc
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
from pellucid.audio.extend import Extender
from pellucid.audio.files import read_sound
from pellucid.audio.stft import Istft, Stft
from pellucid.audio.wide import GAPS, fill, unit_noise
from pellucid.errors import FrameError
from pellucid.frames import AudioFrame, Samples

SAMPLE = Path(__file__).parents[2] / "samples" / "voice.flac"
STEPS = ((8_000, 16_000), (16_000, 48_000), (8_000, 48_000))


def spoken(rate: int) -> Samples:
    """The sample voice, which is of 16 kHz, at a rate."""
    return read_sound(SAMPLE, rate)[0]


def level(samples: Samples, rate: int, low: float, high: float) -> float:
    """Energy between two frequencies, in dB."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(samples.size, 1 / rate)
    return float(10 * np.log10(power[(hertz >= low) & (hertz < high)].sum() + 1e-12))


@settings(deadline=None, max_examples=10)
@given(cuts=st.lists(st.integers(0, 9600), max_size=6))
def test_the_laws_of_sound(cuts: list[int]) -> None:
    samples = np.stack([soxr.resample(speech(16_000, 0.2, s), 16_000, 48_000) for s in (1, 2)])
    laws.chunking_does_not_matter(Extender, samples, cuts)
    laws.no_sample_is_lost_and_pts_are_contiguous(Extender, samples, cuts)
    laws.sound_is_causal_within_latency(Extender, samples, 6000)
    laws.push_after_flush_raises(Extender, AudioFrame(samples, 48_000))


@pytest.mark.parametrize(("rate", "to_rate"), STEPS)
def test_what_came_stays_and_what_was_missing_is_there(rate: int, to_rate: int) -> None:
    whole = speech(to_rate, 3.0)
    narrow = soxr.resample(whole, to_rate, rate)
    made = pellucid.extend(narrow, rate, to_rate)
    assert made.shape == whole.shape
    plain = soxr.resample(narrow, rate, to_rate)
    below = 0.45 * rate
    assert level(made - plain, to_rate, 0, below) < level(plain, to_rate, 0, below) - 80
    assert level(made, to_rate, rate / 2, rate) > level(plain, to_rate, rate / 2, rate) + 20


def test_a_call_of_8_khz_in_a_container_of_48_is_noticed() -> None:
    narrow = soxr.resample(spoken(8_000), 8_000, 48_000)
    made = pellucid.extend(narrow, 48_000)
    late = slice(2 * 48_000, None)
    assert level(made[late], 48_000, 4_500, 8_000) > level(narrow[late], 48_000, 4_500, 8_000) + 20


def test_a_voice_of_the_whole_band_is_left_alone() -> None:
    whole = speech(48_000, 3.0)
    np.testing.assert_allclose(pellucid.extend(whole, 48_000), whole, atol=1e-6)


def test_silence_stays_silent_and_a_tone_alone() -> None:
    for rate, to_rate in STEPS:
        assert np.abs(pellucid.extend(np.zeros(rate, np.float32), rate, to_rate)).max() < 1e-6
        tone = (0.1 * np.sin(2 * np.pi * 1000 * np.arange(2 * rate) / rate)).astype(np.float32)
        made = pellucid.extend(tone, rate, to_rate)[to_rate // 2 : -to_rate // 10]
        assert level(made, to_rate, rate / 2, to_rate / 2) < level(made, to_rate, 0, rate / 2) - 40


def test_latency_is_what_is_stated() -> None:
    for stage, rate in ((Extender(16_000), 8_000), (Extender(), 8_000), (Clearer(), 8_000)):
        samples = speech(8_000, 1.0)[None]
        given = made = 0
        for start in range(0, 8_000, 80):
            frames = stage.push(AudioFrame(samples[:, start : start + 80], rate, start))
            given += 80 / rate
            made += sum(f.samples.shape[1] / f.sample_rate for f in frames)
        assert given - made <= stage.latency + 1e-9
        assert stage.latency < 0.03


def test_what_is_wrong_is_one_clear_error() -> None:
    samples = np.zeros(480, np.float32)
    for rate, to_rate in ((48_000, 16_000), (16_000, 44_100), (96_000, 48_000)):
        with pytest.raises(FrameError, match="expected"):
            pellucid.extend(samples, rate, to_rate)
    with pytest.raises(FrameError, match="voice: expected denoise or extend"):
        Clearer(("shout",))


def test_what_fills_a_gap_has_the_level_that_was_told() -> None:
    gap = GAPS["16k"]
    levels = np.zeros((2000, gap.bands), np.float32)
    noise = unit_noise(np.random.default_rng(0), 2000, gap)
    heard = np.zeros((2000, 161), np.complex64)
    heard[:, 10] = 1
    made = Istft(16_000, 1, steep=True).push(fill(heard, levels, noise, gap)[None])
    power = np.square(np.abs(Stft(16_000, 1).push(made)[0, 5:]))
    assert 10 * np.log10(power[:, gap.edge : gap.top].mean()) == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("rate", [11_025, 12_000])
def test_a_gap_that_is_half_empty_is_filled_without_a_hole(rate: int) -> None:
    made = pellucid.extend(spoken(rate), rate)[96_000:]
    inside = [level(made, 48_000, low, low + 1000) for low in (5_000, 6_000, 7_000, 8_200)]
    assert min(inside[1:3]) > min(inside[0], inside[3]) - 15


def test_nothing_is_filled_above_a_gap_of_which_nothing_is_known() -> None:
    narrow = soxr.resample(speech(8_000, 0.25), 8_000, 16_000)
    made = pellucid.extend(narrow, 16_000)
    assert level(made, 48_000, 9_000, 20_000) < level(made, 48_000, 0, 4_000) - 60


def test_memory_does_not_grow_with_the_length() -> None:
    tracemalloc.start()
    for seconds in (30, 60):
        samples = np.zeros(8_000 * seconds, np.float32)
        tracemalloc.reset_peak()
        made = pellucid.extend(samples, 8_000)
        kept = 3 * made.nbytes + samples.nbytes
        assert tracemalloc.get_traced_memory()[1] - kept < 60e6
    tracemalloc.stop()
