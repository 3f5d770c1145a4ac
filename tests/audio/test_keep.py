"""The denoiser leaves music alone unless it is told not to, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid
from audio.tunes import tune
from audio.voices import speech
from pellucid.audio.clear import Clearer
from pellucid.audio.keep import FADE, PATIENCE, TURN, MusicKeeper
from pellucid.audio.labels import Label
from pellucid.audio.listen import Listener
from pellucid.audio.stft import Stft
from pellucid.bench.voice_scores import si_sdr
from pellucid.errors import FrameError

RATE = 16_000


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_music_comes_through_and_is_chewed_if_one_asks_for_it(rate: int) -> None:
    music = tune(rate, 8)
    auto = pellucid.denoise(music, rate)
    chewed = pellucid.denoise(music, rate, music="clean")
    settled = slice(3 * rate, None)
    assert si_sdr(music[settled], auto[settled]) > 30
    assert si_sdr(music[settled], chewed[settled]) < 15


def test_voices_are_cleaned_as_before() -> None:
    voice = speech(RATE, 6)
    noise = np.random.default_rng(0).normal(0, 0.02, voice.size).astype(np.float32)
    auto, clean = (pellucid.denoise(voice + noise, RATE, music=way) for way in ("auto", "clean"))
    np.testing.assert_allclose(auto, clean, atol=1e-6)


def test_shares_move_smoothly_and_silence_holds_them() -> None:
    sound = np.concatenate([tune(RATE, 4), np.zeros(RATE), speech(RATE, 4)]).astype(np.float32)
    keeper = MusicKeeper()
    keeper.begin(RATE, 1)
    shares = keeper.push(Stft(RATE, 1).push(sound[None]))
    assert np.abs(np.diff(shares)).max() <= 1 / FADE + 1e-6
    assert (shares[350:480] == 1).all()
    assert shares[-1] == 0


def test_shares_do_not_depend_on_how_hops_come() -> None:
    sound = np.concatenate([tune(RATE, 2), speech(RATE, 2)]).astype(np.float32)
    spectra = Stft(RATE, 1).push(sound[None])
    whole, parts = MusicKeeper(), MusicKeeper()
    whole.begin(RATE, 1)
    parts.begin(RATE, 1)
    wanted = whole.push(spectra)
    assert wanted.max() > 0.5
    ends = np.cumsum(np.resize([1, 2, 7, 30], spectra.shape[1]))
    pieces = np.split(spectra, ends[ends < spectra.shape[1]], axis=1)
    made = [parts.push(piece) for piece in pieces]
    assert [len(shares) for shares in made] == [piece.shape[1] for piece in pieces]
    np.testing.assert_array_equal(np.concatenate(made), wanted)


def test_shares_are_a_turn_behind_the_labels() -> None:
    spectra = Stft(RATE, 1).push(tune(RATE, 3)[None])
    keeper, judging, listener = MusicKeeper(), MusicKeeper(), Listener()
    for one in (keeper, judging, listener):
        one.begin(RATE, 1)
    shares = keeper.push(spectra)
    assert not shares[:TURN].any()
    told = [judging._hop(label) for label in listener.push(spectra).tolist()]
    assert max(told) == 1
    whole = len(told) // TURN * TURN
    np.testing.assert_allclose(shares[TURN:whole], told[: whole - TURN], atol=1e-6)


def test_music_must_last_before_it_is_kept() -> None:
    keeper = MusicKeeper()
    keeper.begin(RATE, 1)
    burst = [Label.MUSIC] * PATIENCE + [Label.NOISE] * 20
    assert not any(keeper._hop(label) for label in burst * 5)
    longer = [keeper._hop(label) for label in [Label.MUSIC] * (PATIENCE + FADE)]
    assert (longer[PATIENCE - 1], longer[-1]) == (0, pytest.approx(1))


def test_another_way_is_refused() -> None:
    for call in (
        lambda: pellucid.denoise(np.zeros(160, np.float32), RATE, music="loud"),
        lambda: Clearer(music="loud"),
    ):
        with pytest.raises(FrameError, match="music: expected auto or clean, got loud"):
            call()
