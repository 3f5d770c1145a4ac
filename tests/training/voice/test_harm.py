"""What happens to a voice on its way is what it says, and nothing is shifted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from audio.voices import speech
from pellucid.frames import Samples
from pellucid.training.voice import harm
from pellucid.training.voice.losses import compressed, si_sdr
from pellucid.training.voice.rooms import convolve, room
from pellucid.training.voice.spectra import to_samples, to_spectra


def lag(one: Samples, other: Samples) -> int:
    size = 2 * one.size
    likeness = np.fft.irfft(np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size))
    best = int(np.argmax(likeness))
    return best - size if best > one.size else best


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_codecs_change_the_sound_and_not_its_place(rate: int) -> None:
    voice = speech(rate, 2.0)
    coded = harm.opus(voice, rate, 24_000)
    assert coded.shape == voice.shape
    assert abs(lag(voice, coded)) <= rate // 16_000
    assert not np.allclose(coded, voice, atol=1e-3)
    rest = harm.mu_law(voice) - voice
    assert 30 < 10 * np.log10((voice @ voice) / (rest @ rest)) < 45


@pytest.mark.parametrize("way", [harm.narrow, harm.code, harm.clip, harm.drop])
def test_ways_keep_shape_and_place_and_repeat(way: object) -> None:
    assert callable(way)
    voice = speech(16_000, 1.0)
    for seed in range(6):
        made = [way(np.random.default_rng(seed), voice, voice, 16_000) for _ in range(2)]
        for one, same in zip(*made, strict=True):
            np.testing.assert_array_equal(one, same)
            assert (one.shape, one.dtype) == (voice.shape, np.float32)
            assert abs(lag(voice, one)) <= 2


def test_a_room_dies_away_and_keeps_the_voice_in_its_place() -> None:
    rng = np.random.default_rng(0)
    response, early = room(rng, 16_000)
    assert response[0] == early[0] == 1
    assert not early[480:].any()
    half = response.size // 2
    assert np.square(response[half:]).sum() < 0.01 * np.square(response[:half]).sum()
    voice = speech(16_000, 1.0)
    assert lag(voice, convolve(voice, early)) == 0


def test_spectra_and_back_are_the_samples() -> None:
    samples = torch.randn(2, 1600)
    torch.testing.assert_close(to_samples(to_spectra(samples, 16_000), 16_000), samples[:, :-160])


def test_losses_know_the_same_from_the_other_and_have_a_slope_at_silence() -> None:
    target = torch.from_numpy(speech(16_000, 1.0))[None]
    spectra = to_spectra(target, 16_000)
    assert [float(part) for part in compressed(spectra, spectra)] == [0, 0]
    noise = torch.randn_like(target)
    noise -= (noise * target).sum() / target.square().sum() * target
    noise *= target.norm() / noise.norm() / 10
    assert float(si_sdr(3 * (target + noise), target)) == pytest.approx(20, abs=0.01)
    silent = torch.zeros(3, 1, 2, 161, requires_grad=True)
    sum(compressed(silent, torch.zeros(3, 1, 2, 161))).backward()  # type: ignore[union-attr]
    assert silent.grad is not None
    assert torch.isfinite(silent.grad).all()
