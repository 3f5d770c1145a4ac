"""What the classifier hears: the same in any pieces, and free of what it should not hear."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from pellucid.audio.activity import level_db, power_of
from pellucid.audio.bands import BANDS
from pellucid.audio.hearing import INPUTS, REACH_DB, Hearing, bands_of
from pellucid.audio.network_band import roll_off
from pellucid.audio.session import Array

RATE = 16_000
LEVELS = slice(BANDS + 1, BANDS + 4)  # below loud, above quiet, apart


def heard(samples: Array) -> Array:
    power = power_of(samples.astype(np.float32), RATE)
    return Hearing().push(bands_of(power), level_db(power))


@pytest.fixture(scope="module")
def noise() -> Array:
    made: Array = np.random.default_rng(0).normal(0, 0.1, 4 * RATE).astype(np.float32)
    return made


def test_pieces_are_heard_as_the_whole(noise: Array) -> None:
    power = power_of(noise, RATE)
    bands, level = bands_of(power), level_db(power)
    hearing = Hearing()
    parts = [hearing.push(bands[a:b], level[a:b]) for a, b in ((0, 1), (1, 1), (1, 60), (60, 200))]
    whole = heard(noise)
    assert whole.shape == (200, INPUTS)
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_streams_of_a_batch_do_not_hear_each_other(noise: Array) -> None:
    powers = [power_of(x, RATE) for x in (noise, 0.01 * noise[::-1])]
    both = np.stack([bands_of(p) for p in powers], 1), np.stack([level_db(p) for p in powers], 1)
    made = Hearing().push(*both)
    for number, power in enumerate(powers):
        alone = Hearing().push(bands_of(power), level_db(power))
        np.testing.assert_allclose(made[:, number], alone, atol=1e-5)


def test_a_gain_moves_the_mean_alone(noise: Array) -> None:
    one, other = heard(noise)[1:], heard(0.1 * noise)[1:]
    rest = np.arange(INPUTS) != BANDS
    np.testing.assert_allclose(one[:, rest], other[:, rest], atol=0.01)
    assert (one[:, BANDS] > other[:, BANDS] + 0.5).all()


def test_a_pause_is_below_what_was_loud(noise: Array) -> None:
    """40 dB below: the loud level stays, the quiet one goes there."""
    paused = noise.copy()
    paused[2 * RATE :] *= 0.01
    below, above, apart = heard(paused)[140, LEVELS] * REACH_DB
    assert -40 < below < -33
    assert abs(above) < 4
    assert apart == pytest.approx(above - below, abs=1e-3)


@pytest.mark.parametrize("rate", [24_000, 32_000, 48_000])
def test_a_wide_sound_is_heard_as_its_resampled_self(rate: int) -> None:
    wide = np.random.default_rng(0).normal(0, 0.1, 10 * rate).astype(np.float32)
    narrow = soxr.resample(wide, rate, 16_000).astype(np.float32)
    heard, known = (
        bands_of(power_of(sound, at) * roll_off(at))[5:-5].mean(0)
        for sound, at in ((wide, rate), (narrow, 16_000))
    )
    np.testing.assert_allclose(10 * np.log10(heard / known), 0, atol=0.6)


def test_narrow_sounds_are_heard_as_they_are() -> None:
    for rate in (8_000, 16_000):
        np.testing.assert_array_equal(roll_off(rate), 1)
