"""Pictures of a live stream: enlarged, or left as they are with the reason."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import av
import numpy as np
import pytest

from pellucid.call.pictures import IDLE, TOO_LARGE, UNSUPPORTED, Enlarger
from pellucid.video.upscale import Upscaler


def picture(width: int, height: int, pts: int = 0, pixels: str = "yuv420p") -> av.VideoFrame:
    rng = np.random.default_rng(pts)
    rgb = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    large = rgb.repeat(8, axis=0).repeat(8, axis=1)[:height, :width]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(large), "rgb24").reformat(format=pixels)
    frame.pts, frame.time_base = pts, Fraction(1, 90_000)
    return frame


@pytest.fixture
def enlarger() -> Enlarger:
    return Enlarger(Upscaler("lite", threads=1), (1280, 720))


@pytest.mark.parametrize("size", [(480, 360), (322, 182), (64, 48)])
def test_a_picture_is_twice_as_large_and_keeps_its_time(
    enlarger: Enlarger, size: tuple[int, int]
) -> None:
    small = picture(*size, pts=3003)
    large = enlarger.enlarge(small, wanted=True)
    assert (large.width, large.height) == (2 * size[0], 2 * size[1])
    assert (large.pts, large.time_base) == (3003, Fraction(1, 90_000))
    again = Upscaler("lite", threads=1).upscale(small.to_ndarray()[: size[1]])
    np.testing.assert_array_equal(large.to_ndarray()[: 2 * size[1]], again)


def test_the_size_may_change_in_the_middle(enlarger: Enlarger) -> None:
    sizes = [(320, 240), (320, 240), (160, 120), (640, 360), (320, 240)]
    for number, (width, height) in enumerate(sizes):
        large = enlarger.enlarge(picture(width, height, number), wanted=True)
        assert (large.width, large.height) == (2 * width, 2 * height)
    assert enlarger.stats.enlarged == enlarger.stats.frames == len(sizes)


def test_what_is_not_enlarged_is_the_same_picture_with_a_reason(enlarger: Enlarger) -> None:
    small, uhd = picture(320, 240), picture(3840, 2160)
    for given, wanted, reason in (
        (small, False, IDLE),
        (uhd, True, TOO_LARGE),
        (picture(320, 240, pixels="rgb24"), True, UNSUPPORTED),
    ):
        assert enlarger.enlarge(given, wanted) is given
        assert enlarger.stats.reason == reason
    assert enlarger.stats.enlarged == 0
    assert dict(enlarger.stats.reasons) == {IDLE: 1, TOO_LARGE: 1, UNSUPPORTED: 1}
    assert enlarger.enlarge(small, wanted=True).width == 640
    assert enlarger.stats.reason == "ok"


def test_full_range_comes_out_limited(enlarger: Enlarger) -> None:
    """A grey ramp keeps its greys, in the range that the coders of calls take for granted."""
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    full = av.VideoFrame(256, 64, "yuvj420p")
    for plane, samples in zip(full.planes, (ramp, None, None), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[:, : plane.width] = 128 if samples is None else samples
    full.color_range = 2
    large = enlarger.enlarge(full, wanted=True)
    luma = large.to_ndarray()[:128, 8:-8]
    assert large.format.name == "yuv420p"
    assert large.color_range != 2
    assert 16 <= luma.min() < 26
    assert 225 < luma.max() <= 235


def test_a_budget_that_is_too_small_is_told() -> None:
    clock = count()
    upscaler = Upscaler(threads=1, budget_ms=20, clock=lambda: 0.05 * next(clock))
    slow = Enlarger(upscaler, (1280, 720))
    for number in range(5):
        slow.enlarge(picture(160, 120, number), wanted=True)
    assert slow.stats.reason == "over_budget"
    assert slow.stats.late == 5
    assert slow.stats.ways["bicubic"] >= 1
