"""The laws every streaming Stage obeys. Import these and name your stage; do not restate them.

    chunking_does_not_matter        any cutting of the sound gives the same samples
    streaming_equals_offline        a frame at a time gives what the whole stream gives
    nothing_is_lost                 every frame or sample comes out once, pts contiguous
    is_causal_within_latency        the future beyond `latency` never changes the past
    push_after_flush_raises         one instance, one stream

Sound and pictures have a form of each that makes sense for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import numpy as np
import pytest

from pellucid.errors import StreamClosed
from pellucid.frames import AudioFrame, Samples, VideoFrame
from pellucid.stream import Stage, run

MakeAudio = Callable[[], Stage[AudioFrame, AudioFrame]]
MakeVideo = Callable[[], Stage[VideoFrame, VideoFrame]]
Frame = TypeVar("Frame", AudioFrame, VideoFrame)


# Sound


def split(samples: Samples, cuts: Sequence[int], rate: int = 48_000) -> list[AudioFrame]:
    """Cut samples (channels, T) at `cuts` into frames with contiguous pts."""
    bounds = [0, *sorted(cuts), samples.shape[1]]
    return [AudioFrame(samples[:, a:b], rate, a) for a, b in pairwise(bounds)]


def join(frames: Sequence[AudioFrame]) -> Samples:
    """The samples of frames, one after another."""
    return np.concatenate([frame.samples for frame in frames], axis=1)


def chunking_does_not_matter(make: MakeAudio, samples: Samples, cuts: Sequence[int]) -> None:
    whole = join(list(run(make(), split(samples, []))))
    pieces = join(list(run(make(), split(samples, cuts))))
    np.testing.assert_allclose(pieces, whole, atol=1e-6)


def no_sample_is_lost_and_pts_are_contiguous(
    make: MakeAudio, samples: Samples, cuts: Sequence[int]
) -> None:
    out = list(run(make(), split(samples, cuts)))
    assert sum(frame.samples.shape[1] for frame in out) == samples.shape[1]
    assert out[0].pts == 0
    for before, after in pairwise(out):
        assert after.pts == before.end_pts


def sound_is_causal_within_latency(make: MakeAudio, samples: Samples, at: int) -> None:
    """Changing samples from `at` on must not change output before `at - latency`."""
    changed = samples.copy()
    changed[:, at:] += 1.0
    before, after = (join(list(run(make(), split(x, [])))) for x in (samples, changed))
    horizon = at - round(make().latency * 48_000)
    assert horizon > 0, "choose `at` behind the latency, or the law holds for nothing"
    np.testing.assert_array_equal(before[:, :horizon], after[:, :horizon])
    assert not np.array_equal(before[:, horizon:], after[:, horizon:]), "the stage ignores input"


# Pictures


def streaming_equals_offline(make: MakeVideo, frames: Sequence[VideoFrame]) -> None:
    """One stage fed frame by frame gives what a fresh stage gives for the same beginning."""
    whole = list(run(make(), frames))
    stage, streamed = make(), []
    for frame in frames:
        streamed += stage.push(frame)
    streamed += stage.flush()
    assert len(whole) > 0, "choose frames that give output"
    assert_same_frames(streamed, whole)


def no_frame_is_lost_and_times_stay(make: MakeVideo, frames: Sequence[VideoFrame]) -> None:
    out = list(run(make(), frames))
    assert [(f.pts, f.time_base) for f in out] == [(f.pts, f.time_base) for f in frames]


def pictures_are_causal_within_latency(
    make: MakeVideo, frames: Sequence[VideoFrame], at: int
) -> None:
    """Changing frames from `at` on must not change those shown before `at` minus latency."""
    changed = [replace(f, y=255 - f.y) if i >= at else f for i, f in enumerate(frames)]
    horizon = frames[at].time - Fraction(make().latency)  # exact: a float may round it up
    before, after = (list(run(make(), stream)) for stream in (frames, changed))
    past = [(a, b) for a, b in zip(before, after, strict=True) if a.time < horizon]
    assert past, "choose `at` behind the latency, or the law holds for nothing"
    assert_same_frames(*map(list, zip(*past, strict=True)))
    assert any((a.y != b.y).any() for a, b in zip(before, after, strict=True)), "input is ignored"


def input_stays_untouched(make: MakeVideo, frames: Sequence[VideoFrame]) -> None:
    """A caller may go on using the planes it pushed."""
    copies = [frame.y.copy() for frame in frames]
    list(run(make(), frames))
    for frame, copy in zip(frames, copies, strict=True):
        np.testing.assert_array_equal(frame.y, copy)


def assert_same_frames(some: Sequence[VideoFrame], others: Sequence[VideoFrame]) -> None:
    assert len(some) == len(others)
    for a, b in zip(some, others, strict=True):
        assert a.pts == b.pts
        for p, q in zip((a.y, a.u, a.v), (b.y, b.u, b.v), strict=True):
            np.testing.assert_array_equal(p, q)


# Both


def push_after_flush_raises(make: Callable[[], Stage[Frame, Frame]], frame: Frame) -> None:
    stage = make()
    stage.flush()
    with pytest.raises(StreamClosed):
        stage.push(frame)
