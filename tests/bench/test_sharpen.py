"""The sharpener that any method may be followed by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import colourful, frame, scene

from pellucid.bench import ycbcr
from pellucid.bench.methods import ColourMethod, LumaMethod, enlarge_frame, enlarge_stream, swscale
from pellucid.bench.sharpen import sharpened, unsharp
from pellucid.bench.stills import enlarged_luma
from pellucid.errors import RecipeError
from pellucid.frames import Plane


def repeated(picture: Plane) -> Plane:
    return picture.repeat(2, axis=0).repeat(2, axis=1)


@given(level=st.integers(0, 255), amount=st.floats(0.01, 4))
def test_a_flat_picture_is_not_changed(level: int, amount: float) -> None:
    flat = np.full((5, 7), level, np.uint8)
    assert np.array_equal(unsharp(flat, amount), flat)


@pytest.mark.parametrize("amount", [0.25, 0.5, 1.0])
def test_an_edge_overshoots_by_a_quarter_of_its_height_a_unit_on_each_side(amount: float) -> None:
    edge = np.full((6, 8), 100, np.uint8)
    edge[:, 4:] = 180
    made = unsharp(edge, amount).astype(int)
    over = round(amount * 80 / 4)
    assert (made[:, 3] == 100 - over).all()
    assert (made[:, 4] == 180 + over).all()
    assert np.array_equal(made[:, [0, 1, 2, 5, 6, 7]], edge[:, [0, 1, 2, 5, 6, 7]])


def test_a_dot_gives_the_kernel() -> None:
    dot = np.full((5, 5), 64, np.uint8)
    dot[2, 2] = 128
    made = unsharp(dot, 1.0).astype(int)[1:4, 1:4] - 64
    assert np.array_equal(made, [[-4, -8, -4], [-8, 64 + 48, -8], [-4, -8, -4]])


def test_what_overshoots_black_and_white_is_clipped_and_halves_go_up() -> None:
    edge = np.tile(np.array([0, 0, 255, 255], np.uint8), (4, 1))
    assert np.array_equal(unsharp(edge, 1.0), edge)
    step = np.tile(np.array([10, 10, 12, 12], np.uint8), (4, 1))
    assert unsharp(step, 1.0)[0].tolist() == [10, 10, 13, 12]  # 9.5 and 12.5


def test_a_sharpened_method_is_the_method_and_then_the_mask() -> None:
    one = frame(scene(20, 24))
    bicubic = swscale("bicubic")
    sharp = sharpened(bicubic, 0.25)
    assert sharp.name == "bicubic +sharpen 0.25"
    assert np.array_equal(enlarge_frame(sharp, one), unsharp(enlarge_frame(bicubic, one), 0.25))


def test_a_colour_method_is_sharpened_in_the_luma_it_is_judged_by() -> None:
    plain = ColourMethod("near", repeated, macs=7)
    sharp = sharpened(plain, 0.5)
    assert isinstance(sharp, ColourMethod)
    assert sharp.macs == 7
    one, still = frame(scene(20, 24)), colourful(20, 24)
    assert np.array_equal(enlarge_frame(sharp, one), unsharp(enlarge_frame(plain, one), 0.5))
    rounded = ycbcr.luma_plane(repeated(still))
    assert np.array_equal(enlarged_luma(sharp, still), unsharp(rounded, 0.5))


def test_two_strengths_can_be_told_apart() -> None:
    near = LumaMethod("near", repeated)
    made = [sharpened(near, amount) for amount in (0.25, 1.0)]
    assert [method.name for method in made] == ["near +sharpen 0.25", "near +sharpen 1"]
    one = frame(scene(20, 24))
    assert not np.array_equal(*(enlarge_frame(method, one) for method in made))


@pytest.mark.parametrize("amount", [0.0, -1.0, float("nan"), float("inf")])
def test_an_amount_that_does_not_sharpen_is_refused(amount: float) -> None:
    with pytest.raises(RecipeError, match="above 0"):
        sharpened(swscale("lanczos"), amount)


def test_a_stream_keeps_its_memory() -> None:
    def counting() -> Callable[[Plane], Plane]:
        seen: list[Plane] = []

        def enlarge(picture: Plane) -> Plane:
            seen.append(picture)
            return np.full((2 * picture.shape[0], 2 * picture.shape[1]), len(seen), np.uint8)

        return enlarge

    method = sharpened(LumaMethod("counting", repeated, begin=counting), 0.5)
    for _ in range(2):  # each stream begins anew
        made = list(enlarge_stream(method, [frame(scene(8, 8))] * 3))
        assert [int(picture[0, 0]) for picture in made] == [1, 2, 3]
