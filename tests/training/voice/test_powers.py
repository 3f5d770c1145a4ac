"""What an extender's pieces are cut from is what the samples say."""

from __future__ import annotations

import numpy as np
import pytest

from audio.voices import speech
from pellucid.audio.activity import power_of
from pellucid.audio.stft import BIN_HZ
from pellucid.audio.wide import GAPS
from pellucid.training.voice.harm import below, low_pass
from pellucid.training.voice.powers import Pair, cut


@pytest.mark.parametrize("gap", GAPS.values(), ids=lambda gap: gap.name)
def test_a_factor_a_bin_does_what_a_filter_does(gap) -> None:  # type: ignore[no-untyped-def]
    voice = speech(gap.rate, 1.0)
    filtered = power_of(low_pass(voice, gap.rate, gap.edge_hz), gap.rate)
    power = power_of(voice, gap.rate)
    hertz = np.arange(power.shape[1]) * BIN_HZ
    factor = power * np.square(below(hertz, gap.edge_hz))
    inside = slice(10, round(0.9 * gap.edge))
    one, other = (10 * np.log10(x[:, inside].mean(0)) for x in (filtered, factor))
    np.testing.assert_allclose(one, other, atol=0.2)


def test_powers_are_of_one_scale_at_every_rate() -> None:
    tone = [0.1 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate) for rate in (16_000, 48_000)]
    low, high = (
        power_of(x.astype(np.float32), rate) for x, rate in zip(tone, (16_000, 48_000), strict=True)
    )
    assert high[10:-10, 20].mean() == pytest.approx(low[10:-10, 20].mean(), rel=1e-3)


def test_pieces_have_their_length_and_keep_both_sides_together() -> None:
    pairs = [Pair(np.full((n, 3), n, np.float32), np.full((n, 3), -n, np.float32)) for n in (5, 9)]
    for seed in range(5):
        piece = cut(np.random.default_rng(seed), pairs, 12)
        assert piece.whole.shape == (12, 3)
        np.testing.assert_array_equal(piece.whole, -piece.coded)
