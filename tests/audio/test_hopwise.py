"""A stage of hops keeps the laws for any rate, any chunks and any channels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import laws
from pellucid.audio.hopwise import Hopwise
from pellucid.audio.stft import Istft, Stft
from pellucid.errors import FrameError
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import run


class Through(Hopwise):
    """There and back through the transform, louder."""

    def begin(self, sample_rate: int, channels: int) -> None:
        self._there, self._back = Stft(sample_rate, channels), Istft(sample_rate, channels)

    def process(self, hops: Samples) -> Samples:
        return self._back.push(2 * self._there.push(hops))


def voice(rate: int, seconds: float, channels: int = 2) -> Samples:
    """Low tones and a little noise, nothing near half the rate."""
    t = np.arange(round(rate * seconds)) / rate
    tones = [np.sin(2 * np.pi * (180 + 90 * c) * t) * np.hanning(t.size) for c in range(channels)]
    return (0.2 * np.array(tones)).astype(np.float32)


cuts = st.lists(st.integers(0, 4800), max_size=6)


@settings(deadline=None, max_examples=25)
@given(cuts=cuts)
def test_the_laws_of_sound(cuts: list[int]) -> None:
    samples = voice(48_000, 0.1)
    laws.chunking_does_not_matter(Through, samples, cuts)
    laws.no_sample_is_lost_and_pts_are_contiguous(Through, samples, cuts)
    laws.sound_is_causal_within_latency(Through, samples, 3000)
    laws.push_after_flush_raises(Through, AudioFrame(samples, 48_000))


@settings(deadline=None, max_examples=40)
@given(
    rate=st.sampled_from([7350, 8000, 11025, 16000, 22050, 44100, 48000, 96000]),
    channels=st.sampled_from([1, 2, 7]),
    seconds=st.sampled_from([0.005, 0.0101, 0.3]),
    cuts=cuts,
)
def test_sound_stays_in_its_place_at_any_rate(
    rate: int, channels: int, seconds: float, cuts: list[int]
) -> None:
    samples = voice(rate, seconds, channels)
    inside = [cut % (samples.shape[1] + 1) for cut in cuts]
    out = list(run(Through(), laws.split(samples, inside, rate)))
    made = laws.join(out)
    assert made.shape == samples.shape
    assert all(frame.sample_rate == rate for frame in out)
    if seconds > 0.1:  # shorter than the filters is all edge
        np.testing.assert_allclose(made, 2 * samples, atol=2e-3)


def test_times_start_where_the_stream_does() -> None:
    samples = voice(16_000, 0.2)
    stage = Through()
    out = [*stage.push(AudioFrame(samples, 16_000, 777)), *stage.flush()]
    assert out[0].pts == 777
    assert out[-1].end_pts == 777 + samples.shape[1]


def test_an_empty_stream_gives_nothing() -> None:
    assert Through().flush() == []
    stage = Through()
    assert stage.push(AudioFrame(np.zeros((1, 0), np.float32), 16_000)) == []
    assert stage.flush() == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"sample_rate": 48_000}, "sample_rate"),
        ({"samples": np.zeros((1, 160), np.float32)}, "channels"),
        ({"pts": 161}, "pts"),
    ],
)
def test_a_stream_that_changes_is_refused(change: dict[str, object], name: str) -> None:
    stage, silence = Through(), np.zeros((2, 160), np.float32)
    stage.push(AudioFrame(silence, 16_000))
    frame = {"samples": silence, "sample_rate": 16_000, "pts": 160} | change
    with pytest.raises(FrameError, match=name):
        stage.push(AudioFrame(**frame))  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    samples = np.zeros((1, 50), np.float32)
    samples[0, 20] = bad
    with pytest.raises(FrameError, match="NaN or above"):
        Through().push(AudioFrame(samples, 16_000))


def test_sound_without_channels_is_refused() -> None:
    with pytest.raises(FrameError, match="channel"):
        Through().push(AudioFrame(np.zeros((0, 160), np.float32), 16_000))


def test_what_is_no_sound_is_refused() -> None:
    with pytest.raises(FrameError, match="AudioFrame"):
        Through().push(b"sound")  # type: ignore[arg-type]
