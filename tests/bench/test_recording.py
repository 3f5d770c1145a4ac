"""Coding as a call, in memory."""

from __future__ import annotations

import numpy as np
import pytest
from scenes import moving, scene

from pellucid.bench.quality import psnr
from pellucid.bench.recording import record
from pellucid.errors import FrameError
from pellucid.frames import VideoFrame
from pellucid.video.coding import Codec

CODECS: list[Codec] = ["x264", "vp8"]


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_comes_back_like_the_one_sent(codec: Codec) -> None:
    sent = moving(5)
    received = record(sent, codec, 600).frames
    assert len(received) == 5
    for index, (before, after) in enumerate(zip(sent, received, strict=True)):
        nearest = max(range(5), key=lambda other: psnr(sent[other].y, after.y))
        assert nearest == index
        assert psnr(before.y, after.y) > 22


@pytest.mark.parametrize("codec", CODECS)
def test_coding_twice_gives_the_same_bytes(codec: Codec) -> None:
    first, second = (record(moving(6), codec, 300) for _ in range(2))
    assert first.kilobits == second.kilobits
    for one, two in zip(first.frames, second.frames, strict=True):
        assert np.array_equal(one.y, two.y)


@pytest.mark.parametrize("codec", CODECS)
def test_more_bits_weigh_more_and_look_better(codec: Codec) -> None:
    sent = moving(12)
    poor, rich = (record(sent, codec, rate) for rate in (60, 600))
    assert poor.kilobits < rich.kilobits
    assert psnr(sent[-1].y, poor.frames[-1].y) < psnr(sent[-1].y, rich.frames[-1].y)


@pytest.mark.parametrize("codec", CODECS)
def test_the_weight_is_near_the_rate_that_was_asked_for(codec: Codec) -> None:
    rng = np.random.default_rng(0)
    noisy = [
        VideoFrame(rng.integers(60, 200, one.y.shape).astype(np.uint8), one.u, one.v)
        for one in moving(30)
    ]
    assert record(noisy, codec, 300).kilobits == pytest.approx(300, rel=0.6)


def test_only_even_420_can_be_sent() -> None:
    grey = VideoFrame(scene(32, 32), None, None)
    with pytest.raises(FrameError, match="4:2:0 of even size"):
        record([grey], "x264", 100)
    odd = moving(1, 33, 32)
    with pytest.raises(FrameError, match="4:2:0 of even size"):
        record(odd, "x264", 100)
