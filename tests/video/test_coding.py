"""What a call does to pictures: every frame comes back, worse the harder it was coded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pellucid.errors import FrameError
from pellucid.frames import VideoFrame
from pellucid.video.coding import ENCODERS, Codec, Coding, through_codec
from video.networks import noise


def moving(count: int = 8) -> list[VideoFrame]:
    """A soft texture that slides by, 96x64."""
    wide = np.add.accumulate(noise(64, 160).astype(float) - 127.5, axis=1)
    soft = ((wide - wide.min()) / (wide.max() - wide.min()) * 255).astype(np.uint8)
    chroma = np.full((32, 48), 128, np.uint8)
    views = (soft[:, 2 * index : 2 * index + 96] for index in range(count))
    return [VideoFrame(view, chroma, chroma, pts) for pts, view in enumerate(views)]


def error_of(coding: Coding) -> float:
    sent = moving()
    received = through_codec(sent, coding).frames
    return float(
        np.mean([np.abs(a.y - b.y.astype(int)) for a, b in zip(sent, received, strict=True)])
    )


@pytest.mark.parametrize("codec", sorted(ENCODERS))
def test_every_frame_comes_back_in_order(codec: Codec) -> None:
    coded = through_codec(moving(), Coding(codec))
    assert [frame.pts for frame in coded.frames] == list(range(8))
    assert all((f.height, f.width) == (64, 96) for f in coded.frames)


@pytest.mark.parametrize("codec", sorted(ENCODERS))
def test_a_higher_quantiser_costs_quality_and_saves_bytes(codec: Codec) -> None:
    fine, coarse = (Coding(codec, quantiser=quantiser) for quantiser in (18, 44))
    assert error_of(fine) < error_of(coarse)
    assert through_codec(moving(), fine).size > through_codec(moving(), coarse).size


@pytest.mark.parametrize("codec", sorted(ENCODERS))
def test_a_rate_is_kept_to(codec: Codec) -> None:
    sizes = [through_codec(moving(), Coding(codec, kilobits=rate)).size for rate in (50, 800)]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("codec", sorted(ENCODERS))
def test_coding_twice_gives_the_same_pictures(codec: Codec) -> None:
    one, other = (through_codec(moving(), Coding(codec, kilobits=120)).frames for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.y, b.y)


def test_what_codecs_do_not_take_is_refused() -> None:
    grey = [VideoFrame(frame.y, None, None) for frame in moving()]
    odd = [VideoFrame(f.y[:63], f.u, f.v) for f in moving()]
    full = [replace(f, u=f.y, v=f.y, subsampling=(1, 1)) for f in moving()]
    for frames in (grey, odd, full):
        with pytest.raises(FrameError, match="expected 4:2:0 of even size"):
            through_codec(frames, Coding("x264"))
