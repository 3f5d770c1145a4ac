"""Reuse gives the bytes of the full run on every frame, and does reuse."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.frames import Plane, VideoFrame
from pellucid.media import Source
from pellucid.video.engine import ENGINES, luma, pick_engine
from pellucid.video.integer import IntegerNetwork
from pellucid.video.levels import Levels
from pellucid.video.reuse import Reuse
from pellucid.video.upscale import Upscaler
from video.networks import noise, plain_networks, uniform_network

SAMPLE = Path(__file__).parents[2] / "samples" / "call.mp4"


def check(reuse: Reuse, network: IntegerNetwork, picture: Plane, level: int = 0) -> None:
    out = np.empty((2 * picture.shape[0], 2 * picture.shape[1]), np.uint8)
    reuse.enlarge(picture, out, level)
    np.testing.assert_array_equal(out, luma(pick_engine(network), picture))


@pytest.mark.parametrize("name", [name for name in ENGINES if name != "reference"])
@settings(max_examples=40, deadline=None)
@given(network=plain_networks, seed=st.integers(0, 2**32 - 1), threads=st.integers(1, 3))
def test_every_frame_of_a_stream_equals_its_full_run(
    name: str, network: IntegerNetwork, seed: int, threads: int
) -> None:
    rng = np.random.default_rng(seed)
    reuse = Reuse(ENGINES[name](network, threads))
    picture = noise(*rng.integers(1, 90, 2).tolist(), seed)
    for _ in range(6):
        check(reuse, network, picture)
        picture = picture.copy()
        for _ in range(int(rng.integers(0, 3))):  # patches that change, single pixels among them
            top, left = (int(rng.integers(side)) for side in picture.shape)
            patch = picture[top : top + int(rng.integers(1, 9)), left : left + 5]
            patch[...] = rng.integers(0, 256, patch.shape)


def test_a_still_picture_costs_nothing_and_a_moving_corner_little() -> None:
    network = uniform_network(1, 6, 16)
    reuse = Reuse(pick_engine(network))
    picture = noise(180, 320)
    check(reuse, network, picture)
    assert reuse.share == 0
    check(reuse, network, picture)
    assert reuse.share == 1
    picture = picture.copy()
    picture[90, 160] ^= 1
    check(reuse, network, picture)
    assert 0.95 < reuse.share < 1


def test_another_size_and_another_scene_are_made_anew() -> None:
    network = uniform_network(1, 3, 8)
    reuse = Reuse(pick_engine(network))
    for picture in (noise(48, 64, 1), noise(48, 64, 2), noise(40, 64, 2), noise(48, 64, 2)):
        check(reuse, network, picture)
        assert reuse.share == 0


def test_a_caller_may_overwrite_what_it_gave_and_got() -> None:
    network = uniform_network(1, 3, 8)
    reuse = Reuse(pick_engine(network))
    picture, out = noise(48, 64), np.empty((96, 128), np.uint8)
    reuse.enlarge(picture, out, 0)
    picture[:20] = 0
    out[...] = 7
    check(reuse, network, picture)
    check(reuse, network, picture.T.copy().T)
    check(reuse, network, picture[::-1])


def call(frames: int) -> list[VideoFrame]:
    with Source(SAMPLE) as source:
        pictures = (item for item in source.items() if isinstance(item, VideoFrame))
        return list(islice(pictures, frames))


@pytest.mark.parametrize("name", ["all", "dropped", "cuts"])
def test_a_real_call_equals_its_full_run(name: str) -> None:
    upscaler = Upscaler(threads=2)
    levels = Levels(upscaler.network)
    frames = call(24)
    given = {
        "all": frames,
        "dropped": [*frames[:6], *frames[8:]],
        "cuts": [*frames[:4], replace(frames[9], y=frames[9].y[::-1].copy()), *frames[4:8]],
    }[name]
    for frame in given:
        (large,) = upscaler.push(frame)
        expected = luma(upscaler.engine, frame.y, levels.of(frame.y))
        np.testing.assert_array_equal(large.y, expected)
    assert upscaler.stats.reused > 0
