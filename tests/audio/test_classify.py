"""The classifier: a Stage by the laws, sure of what is plain, and steady."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

import laws
import pellucid
from audio.voices import speech
from pellucid.audio.activity import MARGIN_DB, PAUSE, SILENT_DB, active, bridged, level_db, power_of
from pellucid.audio.classify import Classifier, classify
from pellucid.audio.files import read_sound
from pellucid.audio.labels import Label, Span, joined
from pellucid.audio.listen import AHEAD, DELAY, ENOUGH, HEARD, MOST, Decision, Listener
from pellucid.audio.session import open_session
from pellucid.audio.stft import Stft
from pellucid.audio.voices import shipped_voices
from pellucid.errors import ArtifactError, FrameError
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import run

SAMPLES = Path(__file__).parents[2] / "samples"
RATE = 16_000


def turns(rate: int, seconds: float = 0.4) -> Samples:
    """Voice, noise and silence in turns, float32 (T,)."""
    noise = np.random.default_rng(3).normal(0, 0.05, round(rate * seconds)).astype(np.float32)
    return np.concatenate([speech(rate, seconds), noise, 0 * noise, noise])


def spans_of(samples: Samples, rate: int, cuts: list[int]) -> list[Span]:
    return list(run(Classifier(), laws.split(np.atleast_2d(samples), cuts, rate)))


# The laws


@settings(deadline=None, max_examples=15)
@given(cuts=st.lists(st.integers(0, 25_600), max_size=8))
def test_chunking_does_not_change_labels(cuts: list[int]) -> None:
    samples = turns(RATE)
    assert spans_of(samples, RATE, cuts) == spans_of(samples, RATE, [])


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000, 96_000])
def test_spans_cover_the_sound_without_gaps_at_any_rate(rate: int) -> None:
    samples = turns(rate)[: rate + 37]
    spans = spans_of(samples, rate, [5, rate // 3])
    assert spans[0].pts == 0
    assert spans[-1].end_pts == samples.size
    for before, after in pairwise(spans):
        assert after.pts == before.end_pts
        assert abs(before.end - before.start - 0.02) < 1 / rate
    assert [span.label for span in spans] == classify(samples, rate).tolist()


def test_labels_look_ahead_by_the_latency_and_no_further() -> None:
    samples = turns(48_000)
    changed = samples.copy()
    at = 48_000
    changed[at:] = np.random.default_rng(0).normal(0, 0.3, changed.size - at)
    before, after = (spans_of(x, 48_000, []) for x in (samples, changed))
    horizon = at / 48_000 - Classifier().latency
    assert Classifier().latency == 0.18
    past = [span for span in before if span.end <= horizon]
    assert len(past) > 20
    assert past == after[: len(past)]
    assert before != after


def test_a_span_comes_with_the_ninth_frame_behind_it() -> None:
    """The delay that is promised, exactly: 0.2 s from the first sample of 20 ms to its label."""
    stage, size = Classifier(), RATE // 50
    noise = np.random.default_rng(0).normal(0, 0.05, (1, size)).astype(np.float32)
    counts = [len(stage.push(AudioFrame(noise, RATE, n * size))) for n in range(20)]
    assert counts == [0] * DELAY + [1] * (20 - DELAY)
    assert len(stage.flush()) == DELAY


def test_push_after_flush_raises() -> None:
    laws.push_after_flush_raises(Classifier, AudioFrame(np.zeros((1, 320), np.float32), RATE))  # type: ignore[arg-type, type-var]


def test_times_start_where_the_stream_does() -> None:
    stage = Classifier()
    frame = AudioFrame(np.zeros((1, 1000), np.float32), RATE, 777)
    spans = [*stage.push(frame), *stage.flush()]
    assert (spans[0].pts, spans[-1].end_pts) == (777, 1777)


# What is plain


def test_silence_is_silence() -> None:
    for level_of_noise in (0.0, 1e-4):
        quiet = np.random.default_rng(0).normal(0, 1, 60 * RATE) * level_of_noise
        assert set(classify(quiet.astype(np.float32), RATE).tolist()) == {Label.SILENCE}


def test_a_constant_is_silence() -> None:
    labels = classify(np.full(RATE, 0.01, np.float32), RATE)
    assert (labels[PAUSE:-1] == Label.SILENCE).all()  # its start is a step, which sounds


@pytest.mark.parametrize("name", ["call.wav", "voice.flac"])
def test_the_sample_voice_is_speech(name: str) -> None:
    samples = read_sound(SAMPLES / name, RATE)[0]
    labels = classify(samples, RATE)
    assert (labels == Label.MUSIC).mean() < 0.05
    assert (labels == Label.SPEECH).mean() > 0.7


def test_what_a_resampler_takes_is_not_heard_at_48_khz_either() -> None:
    time = np.arange(96_000) / 48_000
    top, below = ((0.002 * np.sin(2 * np.pi * f * time)).astype(np.float32) for f in (7_980, 7_000))
    for wide, quiet in ((top, True), (below, False)):
        narrow = soxr.resample(wide, 48_000, 16_000).astype(np.float32)
        for told in (classify(wide, 48_000), classify(narrow, 16_000)):
            assert (told == Label.SILENCE).all() == quiet


@pytest.mark.parametrize("tilt", [0, -3, -6])
@pytest.mark.parametrize("level", [-40, -26, -14, -10])
def test_white_pink_and_brown_noise_are_noise(tilt: int, level: int) -> None:
    """tilt: dB an octave. level: dB of full scale."""
    for seed in range(3):
        spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=10 * RATE))
        hertz = np.maximum(np.fft.rfftfreq(10 * RATE, 1 / RATE), 50)
        noise = np.fft.irfft(spectrum * hertz ** (tilt / 6))
        noise *= 10 ** (level / 20) / noise.std()
        labels = classify(noise.astype(np.float32), RATE)
        assert (labels[50:] == Label.NOISE).mean() > 0.95


def test_channels_are_one_sound_whatever_their_phases() -> None:
    one = turns(RATE)
    alone = classify(one, RATE)
    np.testing.assert_array_equal(classify(np.stack([one, one]), RATE), alone)
    np.testing.assert_array_equal(classify(np.stack([one, -one]), RATE), alone)


def test_silence_is_told_from_the_level_and_short_gaps_are_none() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, 3 * RATE).astype(np.float32)
    frame = RATE // 50
    for frames in (PAUSE - 1, PAUSE):
        gapped = noise.copy()
        gapped[50 * frame : (50 + frames) * frame] = 0
        silent = np.flatnonzero(classify(gapped, RATE) == Label.SILENCE)
        expected = [] if frames < PAUSE else list(range(50, 50 + PAUSE))
        assert silent.tolist() == expected


# The decision


def odds(label: Label, by: float) -> np.ndarray:
    made = np.zeros((1, 3), np.float32)
    made[0, HEARD.index(label)] = by
    return made


def decided(*parts: tuple[np.ndarray, int]) -> list[int]:
    """Labels of frames that are told, in a row; the network's delay is taken off."""
    rows = np.concatenate([np.repeat(row, count, 0) for row, count in parts])
    ahead = np.concatenate([np.zeros((AHEAD, 3), np.float32), rows])
    labels = Decision().push(ahead, np.zeros(len(ahead), bool))
    return labels[AHEAD:].tolist()


def test_a_strong_sign_changes_the_label_at_once_and_a_weak_one_later() -> None:
    for other in (Label.MUSIC, Label.SPEECH):
        enough = ENOUGH[frozenset((Label.NOISE, other))]
        for by in (1.0, 2.0, MOST, 10 * MOST):
            labels = decided((odds(Label.NOISE, 1), 20), (odds(other, by), 20))
            needed = int(np.ceil(enough / min(by, MOST)))
            assert labels.index(other) == 20 + needed - 1


def test_music_turns_into_noise_later_than_a_voice_does() -> None:
    for first, later in ((Label.SPEECH, 21), (Label.MUSIC, 23)):
        labels = decided((odds(first, 1), 20), (odds(Label.NOISE, 2), 20))
        assert labels.index(Label.NOISE) == later


def test_what_comes_and_goes_changes_nothing() -> None:
    third = ENOUGH[frozenset((Label.SPEECH, Label.NOISE))] / 3
    spoken, noise = odds(Label.SPEECH, third), (odds(Label.NOISE, third), 2)
    labels = decided((spoken, 20), *[noise, (spoken, 2)] * 5)
    assert set(labels[DELAY - AHEAD :]) == {Label.SPEECH}
    assert Label.NOISE in decided((spoken, 20), noise, noise)


def test_odds_count_and_not_their_offset() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 3, (200, 3)).astype(np.float32)
    loud = np.zeros(200, bool)
    shifted = rows + rng.integers(-5, 5, (200, 1)).astype(np.float32)
    np.testing.assert_array_equal(Decision().push(rows, loud), Decision().push(shifted, loud))


def test_bridging_closes_gaps_below_the_pause_alone() -> None:
    for gap in (PAUSE - 1, PAUSE):
        flags = np.array([False] * 30 + [True] + [False] * gap + [True] + [False] * 30)
        made = bridged(flags)
        assert made.sum() == (2 + gap if gap < PAUSE else 2)


def test_a_level_is_that_of_the_frame_and_a_pause_is_none_of_the_voice() -> None:
    tone = 0.1 * np.sin(2 * np.pi * 500 * np.arange(RATE) / RATE)
    levels = level_db(power_of(tone.astype(np.float32), RATE))
    np.testing.assert_allclose(levels[1:], 10 * np.log10(0.1**2 / 2), atol=0.1)
    quieter = 10 ** (-(MARGIN_DB[Label.SPEECH] + 5) / 20)
    both = np.concatenate([tone, quieter * tone]).astype(np.float32)
    spoken = active(level_db(power_of(both, RATE)), Label.SPEECH)
    np.testing.assert_array_equal(spoken, np.arange(100) < 50)
    assert levels.min() > SILENT_DB


# The core, for stages that have spectra of their own


@settings(deadline=None, max_examples=10)
@given(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=30))
def test_a_listener_gives_each_hop_the_latest_label(sizes: list[int]) -> None:
    samples = turns(RATE)[None, : sum(sizes) * 160]
    spectra = Stft(RATE, 1).push(samples)
    listener = Listener()
    listener.begin(RATE, 1)
    whole = listener.push(spectra)
    listener.begin(RATE, 1)
    ends = np.cumsum(sizes)
    parts = [listener.push(spectra[:, e - n : e]) for e, n in zip(ends, sizes, strict=True)]
    size = spectra.shape[1]
    np.testing.assert_array_equal(np.concatenate(parts)[:size], whole)
    told = classify(samples[0], RATE)
    later = whole[2 * DELAY + 1 :: 2]
    np.testing.assert_array_equal(later, told[: later.size])


# Whatever comes


def test_any_channels_and_lengths() -> None:
    for shape in ((0,), (7, 80), (1, 1), (2, 0), (55,), (7, 3000)):
        labels = classify(np.zeros(shape, np.float32), 11_025)
        assert labels.dtype == np.uint8
        assert labels.size == -(-shape[-1] * 50 // 11_025)


def test_what_is_wrong_is_one_clear_error() -> None:
    good = np.zeros(160, np.float32)
    for bad in (np.nan, np.inf, -1e19):
        with pytest.raises(FrameError, match="NaN or above"):
            classify(np.full(160, bad, np.float32), RATE)
    for call in (
        lambda: classify(good.astype(np.int16), RATE),
        lambda: classify(good[None, None], RATE),
        lambda: classify(good, 0),
        lambda: classify(good, 7_999),
    ):
        with pytest.raises(FrameError, match="expected"):
            call()
    with pytest.raises(ArtifactError, match="no readable model"):
        Classifier(Path("loud.onnx"))
    with pytest.raises(ArtifactError, match="expected a model of kind voice-classify"):
        Classifier(shipped_voices()["extend-16k"])


def test_the_network_is_small_and_says_so() -> None:
    card = open_session(shipped_voices()["classify"], "voice-classify").card
    assert card.parameters <= 20_000
    assert card.scores["held out"]["accuracy"] > 80


def test_spans_of_one_label_join() -> None:
    spans = [
        Span(Label.NOISE, 0, 2, 100),
        Span(Label.NOISE, 2, 4, 100),
        Span(Label.MUSIC, 4, 6, 100),
    ]
    assert joined(spans) == [Span(Label.NOISE, 0, 4, 100), Span(Label.MUSIC, 4, 6, 100)]
    assert [str(label) for label in Label] == ["speech", "music", "noise", "silence"]
    apart = [Span(Label.NOISE, 0, 2, 100), Span(Label.NOISE, 3, 4, 100)]
    assert joined(apart) == apart


def test_an_hour_leaves_the_state_as_a_minute_does() -> None:
    """An hour of turns: the last minute is labelled as the second was, and nothing grows."""
    minute = np.resize(turns(8_000, 4.0), 60 * 8_000)
    stage, second, last = Classifier(), [], []
    for number in range(60):
        spans = stage.push(AudioFrame(minute[None], 8_000, number * minute.size))
        last = [span.label for span in spans]
        second = last if number == 1 else second
    assert len(second) == 3000
    assert np.mean(np.array(last) == second) > 0.995


def test_the_public_form_is_the_stage_over_an_array() -> None:
    samples = turns(RATE)
    np.testing.assert_array_equal(pellucid.classify(samples, RATE), classify(samples, RATE))
    assert pellucid.Label(int(pellucid.classify(0 * samples, RATE)[0])) is Label.SILENCE


def test_a_voice_pauses_where_its_levels_say_so() -> None:
    """A network alone is late and early: it is wrong on ten frames of each kind here."""
    noise = np.random.default_rng(0).normal(0, 1e-3, 10 * RATE)
    voice = read_sound(SAMPLES / "voice.flac", RATE)[0]
    voice = (voice + noise[: voice.size]).astype(np.float32)
    spoken = active(level_db(power_of(voice, RATE)), Label.SPEECH)
    told = classify(voice, RATE)[: spoken.size] == Label.SPEECH
    assert 50 < (~spoken).sum() < 100
    assert (told & ~spoken).sum() <= 4
    assert (~told & spoken).sum() <= 4
