"""The classical ways to enlarge, and how any method is applied to a frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scenes import colourful, frame, scene

from pellucid.bench import ycbcr
from pellucid.bench.methods import (
    ColourMethod,
    LumaMethod,
    cubic,
    enlarge_frame,
    matlab_bicubic,
    scale,
    swscale,
)
from pellucid.errors import FrameError
from pellucid.frames import Matrix, Plane


@pytest.mark.parametrize("level", [0, 91, 255])
def test_a_flat_picture_stays_flat(level: int) -> None:
    flat = np.full((8, 10), level, np.uint8)
    for made in (cubic(flat), scale(flat, "bicubic"), scale(flat, "lanczos")):
        assert made.shape == (16, 20)
        assert (made == level).all()


def test_the_cubic_keeps_a_slope() -> None:
    slope = np.tile(np.arange(0, 160, 8, dtype=np.uint8), (6, 1))
    assert np.array_equal(cubic(slope)[0, 6:-6], np.arange(-2, 158, 4)[6:-6])


def test_the_cubic_of_an_impulse_is_its_kernel() -> None:
    dot = np.zeros((9, 9), np.uint8)
    dot[4, 4] = 128
    kernel = np.array([-9, 29, 111, 111, 29, -9])
    expected = np.floor(np.outer(kernel, kernel) / 128 + 0.5)
    assert np.array_equal(cubic(dot)[6:12, 6:12], np.clip(expected, 0, 255))


def test_the_cubic_rounds_exact_halves_up() -> None:
    step = np.zeros((6, 16), np.uint8)
    step[:, 8] = 64
    kernel = np.array([-9, 29, 111, 111, 29, -9]) / 2  # 64 of 128
    assert np.array_equal(cubic(step)[4, 14:20], np.clip(np.floor(kernel + 0.5), 0, 255))


def test_swscale_lies_near_the_cubic() -> None:
    picture = scene(40, 60)
    difference = scale(picture, "bicubic").astype(int) - cubic(picture)
    assert 0 < np.abs(difference[4:-4, 4:-4]).mean() < 3  # a = -0.6 is a little sharper
    assert not np.array_equal(scale(picture, "bicubic"), scale(picture, "lanczos"))


def test_a_luma_method_sees_luma_and_a_colour_method_sees_the_picture() -> None:
    one = frame(scene(20, 24))
    seen: list[Plane] = []

    def look(picture: Plane) -> Plane:
        seen.append(picture)
        return picture.repeat(2, axis=0).repeat(2, axis=1)

    assert np.array_equal(enlarge_frame(LumaMethod("y", look), one), look(one.y))
    enlarge_frame(ColourMethod("rgb", look), one)
    assert np.array_equal(seen[0], one.y)
    assert np.array_equal(seen[-1], ycbcr.rgb(one))


@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_repeating_the_picture_repeats_its_luma(matrix: Matrix) -> None:
    one = replace(frame(scene(20, 24) // 3 + 70), matrix=matrix)
    repeated = ColourMethod("rgb", lambda rgb: rgb.repeat(2, axis=0).repeat(2, axis=1))
    expected = one.y.repeat(2, axis=0).repeat(2, axis=1).astype(int)
    assert np.abs(enlarge_frame(repeated, one) - expected).max() <= 1


def test_matlab_bicubic_works_channel_by_channel() -> None:
    picture = colourful(10, 12)
    made = matlab_bicubic().enlarge(picture)
    assert made.shape == (20, 24, 3)
    assert np.array_equal(made[..., 2], cubic(picture[..., 2]))


def test_a_method_that_returns_another_size_is_named() -> None:
    with pytest.raises(FrameError, match=r"lazy: expected uint8 \(40, 48\)"):
        enlarge_frame(LumaMethod("lazy", lambda picture: picture), frame(scene(20, 24)))
    assert swscale("lanczos").name == "lanczos"
