"""Finding and drawing the places where a method loses most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scenes import frame, scene

from pellucid.bench.call import Call, halve_frame
from pellucid.bench.methods import LumaMethod, scale, swscale
from pellucid.bench.recording import Recording
from pellucid.bench.worst import TILE, UNSEEN, Crop, find_worst, worst_of
from pellucid.bench.worst_page import HEAD, draw_worst, worst_page
from pellucid.frames import Plane

ROWS, COLUMNS = 2, 3
CALL_FRAMES = tuple(frame(scene(ROWS * TILE, COLUMNS * TILE, index), index) for index in range(4))


def call() -> Call:
    """One that arrives as it was sent."""
    received = {rate: Recording(tuple(map(halve_frame, CALL_FRAMES)), rate) for rate in (150, 300)}
    return Call("pan", CALL_FRAMES, received, {})


def spoiling(rows: slice, columns: slice, by: int) -> LumaMethod:
    """Bicubic, but darker in one part."""

    def enlarge(low: Plane) -> Plane:
        made = scale(low, "bicubic")
        made[rows, columns] -= np.uint8(by)
        return made

    return LumaMethod("spoiling", enlarge)


def test_the_spoilt_place_is_found() -> None:
    there = slice(TILE, 2 * TILE), slice(2 * TILE, 3 * TILE)
    crops = find_worst(call(), "vp8", spoiling(*there, 9), count=3)
    assert len(crops) == 3
    worst = crops[0]
    assert (worst.box.rows, worst.box.columns) == there
    assert (worst.codec, worst.clip, worst.target) == ("vp8", "pan", 150)
    assert np.array_equal(worst.truth, CALL_FRAMES[worst.frame].y[there])
    assert np.array_equal(worst.made, worst.bicubic - 9)
    assert worst.gain < 0 < worst.lost
    assert crops[1].lost == crops[2].lost == 0


def test_bicubic_loses_nothing_to_itself() -> None:
    assert {crop.lost for crop in find_worst(call(), "x264", swscale("bicubic"))} == {0.0}


def test_a_place_is_told_once_and_there_are_no_more_than_tiles() -> None:
    crops = find_worst(call(), "x264", swscale("lanczos"))
    assert len({crop.box for crop in crops}) == len(crops) == ROWS * COLUMNS
    assert [crop.lost for crop in crops] == sorted((crop.lost for crop in crops), reverse=True)
    other = [replace(crop, codec="vp8", lost=crop.lost + 1) for crop in crops]
    assert {crop.codec for crop in worst_of([*crops, *other])} == {"vp8"}
    assert len(worst_of([*crops, *other], 4)) == 4


def test_what_nobody_sees_weighs_little() -> None:
    planes = [np.full((TILE, TILE), level, np.uint8) for level in (100, 101, 102)]
    truth, near, far = planes
    still = Call("flat", (frame(truth),), {150: Recording((frame(near[::2, ::2]),), 150)}, {})
    (crop,) = find_worst(still, "x264", LumaMethod("far", lambda low: far))
    assert crop.gain == pytest.approx(-20 * np.log10(2))
    assert crop.lost == pytest.approx(10 * np.log10((4 + UNSEEN) / (1 + UNSEEN)))


def test_a_picture_smaller_than_a_tile_has_no_place() -> None:
    small = Call("small", (frame(scene(40, 40)),), {150: Recording((frame(scene(20, 20)),), 1)}, {})
    assert find_worst(small, "x264", swscale("lanczos")) == []


def test_the_page_shows_all_of_them_and_replaces_an_older_one(tmp_path: Path) -> None:
    crops = find_worst(call(), "x264", swscale("lanczos"), count=3)
    target = tmp_path / "worst.png"
    target.write_bytes(b"older")
    draw_worst(crops, "lanczos", target)
    with Image.open(target) as image:
        assert image.size == worst_page(crops, "lanczos").shape[1::-1]
    one, three = (worst_page(crops[:count], "lanczos") for count in (1, 3))
    assert three.shape[0] > one.shape[0] > HEAD + TILE


def test_black_and_white_of_a_call_are_shown_as_such() -> None:
    levels = [np.full((TILE, TILE), level, np.uint8) for level in (16, 126, 235)]
    box = find_worst(call(), "x264", swscale("lanczos"), count=1)[0].box
    page = worst_page([Crop("a", "x264", 150, 0, box, *levels, lost=0.0)], "ours")
    shown = page[-120, :, 0]
    assert {0, 128, 255} <= set(shown.tolist())
