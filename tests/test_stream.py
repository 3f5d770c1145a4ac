"""The streaming contract: chains, and laws that catch the stage that breaks them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import laws
from pellucid.errors import FrameError, StreamClosed
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import Chain, run

RNG = np.random.default_rng(0)
SAMPLES: Samples = RNG.standard_normal((2, 400)).astype(np.float32)


class Delay:
    """Holds back `hold` samples and looks ahead by nothing: a stage that obeys every law."""

    latency = 0.0

    def __init__(self, hold: int) -> None:
        self.hold = hold
        self.held: AudioFrame | None = None
        self.closed = False

    def push(self, frame: AudioFrame, /) -> Sequence[AudioFrame]:
        if self.closed:
            raise StreamClosed("push() after flush()")
        if self.held is not None:
            joined = np.concatenate([self.held.samples, frame.samples], axis=1)
            frame = AudioFrame(joined, frame.sample_rate, self.held.pts)
        ready = max(0, frame.samples.shape[1] - self.hold)
        rest = frame.samples[:, ready:]
        self.held = AudioFrame(rest, frame.sample_rate, frame.pts + ready)
        return [AudioFrame(frame.samples[:, :ready], frame.sample_rate, frame.pts)] if ready else []

    def flush(self) -> Sequence[AudioFrame]:
        self.closed = True
        return [] if self.held is None else [self.held]


class ForgetsTheTail(Delay):
    def flush(self) -> Sequence[AudioFrame]:
        self.closed = True
        return []


class ForgetsBetweenChunks(Delay):
    def push(self, frame: AudioFrame, /) -> Sequence[AudioFrame]:
        faded = frame.samples * np.linspace(0, 1, frame.samples.shape[1], dtype=np.float32)
        return [AudioFrame(faded, frame.sample_rate, frame.pts)]

    def flush(self) -> Sequence[AudioFrame]:
        return []


class LooksAhead(Delay):
    def push(self, frame: AudioFrame, /) -> Sequence[AudioFrame]:
        return [AudioFrame(frame.samples[:, ::-1].copy(), frame.sample_rate, frame.pts)]

    def flush(self) -> Sequence[AudioFrame]:
        return []


class NeverCloses(Delay):
    def flush(self) -> Sequence[AudioFrame]:
        return []


@given(st.lists(st.integers(1, 399), max_size=6))
def test_an_obedient_stage_passes_every_law(cuts: list[int]) -> None:
    laws.chunking_does_not_matter(lambda: Delay(37), SAMPLES, cuts)
    laws.no_sample_is_lost_and_pts_are_contiguous(lambda: Delay(37), SAMPLES, cuts)
    laws.sound_is_causal_within_latency(lambda: Delay(37), SAMPLES, 200)
    laws.push_after_flush_raises(lambda: Delay(37), laws.split(SAMPLES, [])[0])


@given(st.lists(st.integers(1, 399), max_size=6))
def test_a_chain_of_obedient_stages_is_obedient(cuts: list[int]) -> None:
    def make() -> Chain[AudioFrame]:
        return Chain(Delay(5), Delay(64), Delay(1))

    laws.chunking_does_not_matter(make, SAMPLES, cuts)
    laws.no_sample_is_lost_and_pts_are_contiguous(make, SAMPLES, cuts)
    laws.push_after_flush_raises(make, laws.split(SAMPLES, [])[0])


def test_each_law_catches_the_stage_that_breaks_it() -> None:
    with pytest.raises(AssertionError):
        laws.no_sample_is_lost_and_pts_are_contiguous(lambda: ForgetsTheTail(9), SAMPLES, [50])
    with pytest.raises(AssertionError):
        laws.chunking_does_not_matter(lambda: ForgetsBetweenChunks(9), SAMPLES, [50])
    with pytest.raises(AssertionError):
        laws.sound_is_causal_within_latency(lambda: LooksAhead(9), SAMPLES, 200)
    with pytest.raises(pytest.fail.Exception):
        laws.push_after_flush_raises(lambda: NeverCloses(9), laws.split(SAMPLES, [])[0])


def test_latencies_of_a_chain_add() -> None:
    slow, slower = Delay(0), Delay(0)
    slow.latency, slower.latency = 0.25, 0.5
    assert Chain(slow, slower).latency == 0.75


def test_run_gives_what_push_and_flush_give() -> None:
    frames = laws.split(SAMPLES, [100])
    np.testing.assert_array_equal(laws.join(list(run(Delay(7), frames))), SAMPLES)


@pytest.mark.parametrize("bad", [np.zeros(8, np.float32), np.zeros((1, 8))])
def test_sound_of_the_wrong_shape_or_type_is_refused(bad: Samples) -> None:
    with pytest.raises(FrameError, match="samples: expected float32"):
        AudioFrame(bad, 48_000)
