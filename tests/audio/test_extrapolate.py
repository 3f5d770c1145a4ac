"""Sounds that stop go on as they were: by linear prediction, or by their last periods."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.tunes import tone
from pellucid import _native
from pellucid.audio.extrapolate import Extrapolation
from pellucid.audio.periods import LONGEST, Repetition, find_period

RATES = (8_000, 16_000, 44_100, 48_000)


def burg(history: np.ndarray, order: int) -> np.ndarray:
    """The recursion as it is in books, float64 (order,)."""
    forward, backward, made = history[1:], history[:-1], np.zeros(0)
    for _ in range(order):
        energy = forward @ forward + backward @ backward
        reflection = -2 * (forward @ backward) / (energy + 1e-9)
        made = np.concatenate([made + reflection * made[::-1], [reflection]])
        forward, backward = (
            (forward + reflection * backward)[1:],
            (backward + reflection * forward)[:-1],
        )
    return made


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), size=st.integers(2, 300), order=st.integers(1, 299))
def test_a_prediction_is_burgs(seed: int, size: int, order: int) -> None:
    order = min(order, size - 1)
    rng = np.random.default_rng(seed)
    history = (rng.normal(0, 0.05, size) + 0.1 * np.sin(np.arange(size) / 7)).astype(np.float32)
    weights, known = burg(history.astype(np.float64), order), [*history.astype(np.float64)]
    for _ in range(20):
        known.append(-weights @ np.array(known[: -order - 1 : -1]))
    prediction, made = _native.Prediction(history, order), np.empty(20, np.float32)
    prediction.take(made[:7])
    prediction.take(made[7:])
    np.testing.assert_allclose(made, known[size:], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("size", "order"), [(0, 1), (1, 1), (5, 5), (5, 0)])
def test_a_prediction_needs_more_than_it_looks_back(size: int, order: int) -> None:
    with pytest.raises(ValueError, match="order: expected at least 1 and less than"):
        _native.Prediction(np.zeros(size, np.float32), order)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hertz", [80.0, 125.0, 210.0])
def test_the_period_of_a_tone_is_found(rate: int, hertz: float) -> None:
    period, likeness = find_period(tone(rate, 0.05, hertz), rate)
    assert abs(period - rate / hertz) <= 1
    assert likeness > 0.95


def test_a_tone_is_repeated_as_it_was() -> None:
    whole = tone(48_000, 0.1, 125)
    made = Repetition(whole[:2400], 48_000).take(2400)
    np.testing.assert_allclose(made, whole[2400:], atol=0.01)


@pytest.mark.parametrize("rate", RATES)
def test_tones_of_no_common_period_go_on_each_as_it_did(rate: int) -> None:
    """One of them dying away; for 10 ms."""
    t = np.arange(round(0.06 * rate)) / rate
    steady = 0.2 * np.sin(2 * np.pi * 311 * t) + 0.1 * np.sin(2 * np.pi * 1_007.3 * t)
    whole = (steady + 0.3 * np.exp(-30 * t) * np.sin(2 * np.pi * 620 * t)).astype(np.float32)
    known, comes = np.split(whole, [round(0.05 * rate)])
    guess, made = Extrapolation(known, rate), []
    while sum(map(len, made)) < comes.size:
        made.append(guess.take(7))
    assert np.abs(np.concatenate(made)[: comes.size] - comes).max() < 0.1
    assert np.abs(Repetition(known, rate).take(comes.size) - comes).max() > 0.2


def test_noise_falls_silent() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 800).astype(np.float32)
    made = Extrapolation(noise, 16_000).take(3_200)
    assert np.abs(made[-800:]).max() < 0.005


@pytest.mark.parametrize("guess", [Extrapolation, Repetition])
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 900))
def test_going_on_never_jumps(guess: type, seed: int, size: int) -> None:
    history = np.cumsum(np.random.default_rng(seed).normal(size=700)).astype(np.float32)
    made = guess(history, 16_000).take(size)
    natural = np.abs(np.diff(history)).max()
    # Bent over a millisecond: no step is more than a natural one and a sixteenth of the bend.
    bend = np.abs(history[-1] - history[-700:]).max()
    assert np.abs(np.diff(np.concatenate([history[-1:], made]))).max() <= natural + bend / 16 + 1e-3


@pytest.mark.parametrize("guess", [Extrapolation, Repetition])
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), louder=st.floats(0, 0.05))
def test_what_goes_on_stays_within_what_was_heard(guess: type, seed: int, louder: float) -> None:
    """White, or a tone that grows."""
    rng = np.random.default_rng(seed)
    history = rng.choice([-1, 1], 700) * np.exp(louder * np.arange(-700, 0))
    history = history * np.cos(np.arange(700) * rng.uniform(0, np.pi) * (louder > 0))
    made = guess(history.astype(np.float32), 16_000).take(900)
    assert np.abs(made).max() <= np.abs(history).max() + 1e-6


@pytest.mark.parametrize("size", [2, 3, 320, 700])
def test_silence_goes_on_silent_whatever_is_known_of_it(size: int) -> None:
    assert not Extrapolation(np.zeros(size, np.float32), 16_000).take(300).any()


def test_silence_has_a_period() -> None:
    silence = np.zeros(700, np.float32)
    assert not Repetition(silence, 16_000).take(300).any()
    assert 0 < find_period(silence, 16_000)[0] <= LONGEST * 16_000
