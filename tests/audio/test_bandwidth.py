"""How far up a voice goes is told from its sound."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from audio.voices import speech
from pellucid.audio.bands import BANDS, BINS, gather, spread
from pellucid.audio.bandwidth import GapMeter, is_empty
from pellucid.audio.interpolate import Interpolator
from pellucid.audio.stft import Stft, hop_of
from pellucid.audio.wide import GAPS
from pellucid.frames import Samples


def power(samples: Samples, rate: int) -> Samples:
    whole = samples[: samples.size // hop_of(rate) * hop_of(rate)]
    scale = np.float32(160 / hop_of(rate))
    return np.square(np.abs(Stft(rate, 1).push(whole[None])[0] * scale))


@pytest.mark.parametrize(("rate", "empty"), [(8_000, "16k 48k"), (16_000, "48k"), (48_000, "")])
def test_the_band_is_told(rate: int, empty: str) -> None:
    voice = soxr.resample(speech(rate, 3.0), rate, 48_000)
    assert " ".join(n for n, gap in GAPS.items() if is_empty(power(voice, 48_000), gap)) == empty


def test_a_gap_closes_when_the_whole_voice_comes() -> None:
    narrow = soxr.resample(speech(8_000, 3.0), 8_000, 48_000)
    meter = GapMeter(GAPS["16k"], known=False)
    assert meter.push(power(narrow, 48_000))[0][-1] == 1
    shares, sure = meter.push(power(speech(48_000, 3.0), 48_000))
    assert sure.all()
    assert shares[-1] == 0
    assert np.abs(np.diff(shares)).max() < 0.11, "no clicks"


def test_nothing_is_said_of_silence() -> None:
    meter = GapMeter(GAPS["16k"], known=False)
    assert not np.any(meter.push(np.full((500, 161), 1e-7, np.float32)))


def test_one_frame_that_plainly_goes_on_is_enough_for_the_gap_above() -> None:
    meter, hiss = GapMeter(GAPS["16k"], known=False), np.full((12, 161), 1e-5, np.float32)
    shares, sure = meter.push(hiss)
    assert sure[-1] == 1
    assert not shares.any()
    dithered = soxr.resample(speech(8_000, 0.25), 8_000, 16_000)
    dithered += np.random.default_rng(1).triangular(-1, 0, 1, dithered.size) / 2**15
    narrow = power(dithered.astype(np.float32), 16_000)
    assert not np.any(GapMeter(GAPS["16k"], known=False).push(narrow)[1])


@pytest.mark.parametrize(("factor", "rate"), [(2, 8_000), (6, 8_000), (3, 16_000), (12, 4_000)])
def test_interpolation_is_flat_and_empty_above(factor: int, rate: int) -> None:
    pulse = np.zeros((1, rate), np.float32)
    pulse[0, rate // 2] = 1
    made = Interpolator(factor, 1).push(pulse)[0]
    assert np.argmax(np.abs(made)) == rate // 2 * factor + Interpolator(factor, 1).delay
    level = 20 * np.log10(np.abs(np.fft.rfft(made)) / factor + 1e-12)
    hertz = np.fft.rfftfreq(made.size, 1 / (rate * factor))
    assert np.abs(level[hertz < 0.92 * rate / 2]).max() < 0.01
    assert level[hertz > rate / 2].max() < -89


def test_bands_share_the_bins_out() -> None:
    np.testing.assert_array_equal(spread().sum(0), np.ones(BINS))
    np.testing.assert_allclose(gather() @ spread().T, np.eye(BANDS), atol=1e-6)
