"""Made-up sounds: the same again from the same seed, of their level, and as their kind is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pellucid.frames import Samples
from pellucid.training.voice.coming import come_and_go, drift
from pellucid.training.voice.made_up import machines, music, noises, studio
from pellucid.training.voice.made_up.drums import drums
from pellucid.training.voice.made_up.notes import SCALES, ensemble, note, pitch
from pellucid.training.voice.made_up.waves import (
    RATE,
    SIZE,
    STEPS,
    TIME,
    Wave,
    buzz,
    resonant,
)

MAKERS = [music.music, noises.noise]


@pytest.mark.parametrize("make", MAKERS)
def test_they_are_whole_at_their_level_and_repeat(
    make: Callable[[np.random.Generator], Samples],
) -> None:
    made = [make(np.random.default_rng(seed)) for seed in range(4)]
    for seed, samples in enumerate(made):
        assert samples.shape == (SIZE,)
        assert samples.dtype == np.float32
        assert np.sqrt(np.square(samples, dtype=np.float64).mean()) == pytest.approx(0.1, rel=1e-3)
        np.testing.assert_array_equal(samples, make(np.random.default_rng(seed)))
    assert not np.array_equal(made[0], made[1])


@pytest.mark.parametrize("make", [*noises.KINDS, *music._LAYERS])
def test_every_kind_and_every_layer_sounds(make: Callable[..., Wave]) -> None:
    for seed in range(2):
        more = (0.5, 110.0, SCALES[0]) if make in music._LAYERS else ()
        made = make(np.random.default_rng(seed), *more)
        assert made.shape == (SIZE,)
        assert np.isfinite(made).all()
        assert np.square(made).sum() > 0


def test_no_music_is_chops_and_risers_alone() -> None:
    for seed in range(3000):
        drawn = music._drawn(np.random.default_rng(seed))
        assert set(drawn) - {machines.chops, machines.riser}
        assert len(set(drawn)) == len(drawn)


def test_chops_of_noise_leave_gaps() -> None:
    for seed in range(20):
        made = machines._hiss(np.random.default_rng(seed), 0.6, 110.0, SCALES[0])
        assert made.size <= machines.HISS * RATE


def test_a_note_has_its_pitch() -> None:
    sizes = np.array([1, 0.5, 0.25])
    made = note(np.random.default_rng(1), 440.0, 1.0, sizes, 0.0)
    assert abs(int(np.abs(np.fft.rfft(made)).argmax()) - 440) <= 4
    assert pitch(440, SCALES[0], 7) == pytest.approx(880)


def test_players_are_out_of_tune_but_not_far() -> None:
    made = ensemble(np.random.default_rng(2), [300.0, 450.0], 2.0, np.array([1.0, 0.5]), 4.0)
    power = np.square(np.abs(np.fft.rfft(made)))
    hertz = np.fft.rfftfreq(made.size, 1 / RATE)
    near = np.min(np.abs(hertz[:, None] - [300, 600, 450, 900]), 1) < 15
    assert power[near].sum() > 0.99 * power.sum()
    assert power[np.abs(hertz - 300) < 0.5].sum() < 0.9 * power[np.abs(hertz - 300) < 15].sum()


def test_drums_repeat_their_bar() -> None:
    beat, alike, shifted = 0.5, [], []
    size = int(beat / 4 * RATE)
    for seed in range(10):
        made = drums(np.random.default_rng(seed), beat)
        loud = np.log(np.square(made[: SIZE // size * size]).reshape(-1, size).mean(1) + 1e-9)
        alike.append(np.corrcoef(loud[STEPS:], loud[:-STEPS])[0, 1])
        shifted.append(np.corrcoef(loud[7:], loud[:-7])[0, 1])
    assert np.mean(alike) > np.mean(shifted) + 0.4


def test_a_studio_makes_levels_alike() -> None:
    rng = np.random.default_rng(3)
    uneven = rng.normal(size=SIZE) * np.repeat([0.1, 1.0, 0.3, 2.0], SIZE // 4)
    driven, squeezed = studio.driven(rng, uneven), studio.squeezed(rng, uneven)
    assert np.abs(driven).max() <= 1
    before, after = (x.reshape(4, -1).std(1) for x in (uneven, squeezed))
    assert after.max() / after.min() < 0.8 * before.max() / before.min()
    np.testing.assert_array_equal(np.argsort(after), np.argsort(before))


def test_a_buzz_has_every_harmonic_alike() -> None:
    power = np.square(np.abs(np.fft.rfft(buzz(np.full(RATE, 200.0)))))
    harmonics = power[200 : RATE // 2 - 100 : 200]
    assert harmonics.min() > 0.99 * harmonics.max()
    assert harmonics.sum() > 0.99 * power.sum()


def test_a_moving_filter_lets_through_what_is_below_it() -> None:
    noise = np.random.default_rng(4).normal(size=SIZE)
    centre = np.repeat([500.0, 3000.0], SIZE // 2)
    plain, hilly = (resonant(noise, centre, peak, 100) for peak in (0.0, 5.0))
    assert plain.shape == (SIZE,)
    low, high = (_power_at(half, 1500) for half in np.split(plain, 2))
    assert low < 0.05 * high
    for half, hertz in zip(np.split(hilly, 2), (500, 3000), strict=True):
        assert _power_at(half, hertz) > 10 * _power_at(half, hertz / 2)


def _power_at(wave: Wave, hertz: float) -> float:
    power = np.square(np.abs(np.fft.rfft(wave)))
    near = np.abs(np.fft.rfftfreq(wave.size, 1 / RATE) - hertz) < 50
    return float(power[near].mean())


def test_a_filter_that_is_wide_open_changes_nothing() -> None:
    tone = np.sin(2 * np.pi * 300 * TIME)
    np.testing.assert_allclose(resonant(tone, np.full(SIZE, 1e6), 0, 100), tone, atol=1e-9)


def test_a_riser_goes_up_or_down_and_begins_anew() -> None:
    for seed in range(4):
        made = machines.riser(np.random.default_rng(seed), 0.5, 110.0, SCALES[0])
        pieces = np.abs(np.fft.rfft(made.reshape(-1, RATE // 4))) ** 2
        middle = (pieces * np.arange(pieces.shape[1])).sum(1) / pieces.sum(1)
        steps = np.diff(middle)
        way = np.sign(np.sign(steps).mean())
        assert abs(np.sign(steps).mean()) > 0.3  # most of them the one way
        assert np.sign(steps[np.abs(steps).argmax()]) == -way  # the jump back to where it began


def test_echoes_come_later_and_softer() -> None:
    click = np.zeros(SIZE)
    click[100] = 1
    made = studio.echoed(np.random.default_rng(5), click, 0.5)
    places = np.flatnonzero(made)
    assert places.size == studio.ECHOES
    assert np.ptp(np.diff(places)) == 0
    assert (np.diff(made[places]) < 0).all()


def test_a_gate_repeats_and_a_cut_leaves_one_piece() -> None:
    steady = np.ones(SIZE)
    gated = studio.gated(np.random.default_rng(6), steady, 0.5)
    assert gated.min() < 0.01
    assert gated.max() == pytest.approx(1)
    bars = 4 * RATE  # sixteen steps of a half or a quarter of a beat, once or twice
    inside = slice(RATE, SIZE - bars - RATE)
    np.testing.assert_allclose(gated[bars:][inside], gated[:-bars][inside], atol=0.1)
    there = [studio.cut_short(np.random.default_rng(seed), steady, 0.5) for seed in range(20)]
    changes = [np.abs(np.diff(wave, prepend=0, append=0)).sum() for wave in there]
    assert changes == [2] * 20
    assert min(wave.mean() for wave in there) < 0.5


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
