"""Made-up sounds: the same again from the same seed, of their level, and as their kind is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pellucid.frames import Samples
from pellucid.training.voice import made_up
from pellucid.training.voice.coming import come_and_go, drift

MAKERS = [made_up.music, made_up.noise]


@pytest.mark.parametrize("make", MAKERS)
def test_they_are_whole_at_their_level_and_repeat(
    make: Callable[[np.random.Generator], Samples],
) -> None:
    made = [make(np.random.default_rng(seed)) for seed in range(12)]
    for seed, samples in enumerate(made):
        assert samples.shape == (made_up.SIZE,)
        assert samples.dtype == np.float32
        assert np.sqrt(np.square(samples, dtype=np.float64).mean()) == pytest.approx(0.1, rel=1e-3)
        np.testing.assert_array_equal(samples, make(np.random.default_rng(seed)))
    assert not np.array_equal(made[0], made[1])


def test_every_noise_sounds() -> None:
    kinds = (made_up._ticks, made_up._rotor, made_up._engine, made_up._wind, made_up._calls)
    for kind in kinds:
        for seed in range(4):
            made = kind(np.random.default_rng(seed))
            assert np.isfinite(made).all()
            assert np.square(made).sum() > 0


def test_a_note_has_its_pitch() -> None:
    timbre = np.array([1, 0.5, 0.25])
    note = made_up._note(np.random.default_rng(1), 440.0, 1.0, timbre, 0.0)
    spectrum = np.abs(np.fft.rfft(note))
    assert abs(int(spectrum.argmax()) - 440) <= 4
    assert made_up._pitch(440, made_up.SCALES[0], 7) == pytest.approx(880)


def test_gains_come_and_go() -> None:
    rng = np.random.default_rng(0)
    made = [come_and_go(rng, 300) for _ in range(30)]
    for gains in made:
        assert gains.shape == (300,)
        assert (gains > 0).all()
        assert gains.max() < 5
    assert np.mean([gains.max() / gains.min() > 2 for gains in made]) > 0.8
    assert 0.5 < drift(rng, 300).min() < drift(rng, 300).max() < 2
    assert come_and_go(rng, 1).shape == drift(rng, 1).shape == (1,)
