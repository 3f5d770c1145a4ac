"""The picture of a comparison."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scenes import colourful, moving, scene, write_lossless

from pellucid.bench.call import halve_frame
from pellucid.bench.details import choose_details
from pellucid.bench.side_by_side import GROUND, WIDTH, View, draw_comparison, side_by_side
from pellucid.errors import FrameError, MediaError


def test_details_lie_where_the_pictures_differ() -> None:
    flat = np.full((200, 300), 90, np.uint8)
    textured = flat.copy()
    textured[120:150, 40:90] += scene(30, 50) // 8
    boxes = choose_details(flat, textured, (40, 60), 1)
    assert len(boxes) == 1
    assert 120 < (boxes[0].top + boxes[0].bottom) / 2 < 150
    assert 40 < (boxes[0].left + boxes[0].right) / 2 < 90


def test_details_do_not_overlap_and_stay_inside() -> None:
    first, second = scene(240, 320), scene(240, 320, seed=7)
    boxes = choose_details(first, second, (40, 60), 4)
    assert len(boxes) == 4
    covered = np.zeros(first.shape, int)
    for box in boxes:
        assert covered[box.rows, box.columns].shape == (40, 60)
        covered[box.rows, box.columns] += 1
    assert covered.max() == 1


def test_a_difference_in_brightness_alone_is_no_detail() -> None:
    picture = scene(200, 300) // 2
    brighter = picture + np.uint8(60)
    brighter[40:60, 200:220] = 0
    box = choose_details(picture, brighter, (30, 30), 1)[0]
    assert 10 < box.top < 60
    assert 170 < box.left < 220


@pytest.mark.parametrize("size", [(120, 160), (160, 90), (20, 24)])
@pytest.mark.parametrize("count", [2, 3])
def test_any_shape_and_number_of_views_can_be_drawn(size: tuple[int, int], count: int) -> None:
    names = ("before", "after", "original")[:count]
    views = [View(name, colourful(*size) // (place + 1)) for place, name in enumerate(names)]
    made = side_by_side(views, "frame 0")
    assert made.shape[1:] == (WIDTH, 3)
    assert (made[0, 0] == GROUND).all()
    assert (made != np.array(GROUND)).any(axis=-1).mean() > 0.02


def test_files_are_drawn_with_the_small_one_enlarged(tmp_path: Path) -> None:
    frames = moving(3)
    reference = write_lossless(tmp_path / "reference.mkv", frames)
    before = write_lossless(tmp_path / "before.mkv", [halve_frame(one) for one in frames])
    target = tmp_path / "picture.png"
    draw_comparison(reference, before, reference, 2, target)
    with Image.open(target) as image:
        assert image.width == WIDTH
    with pytest.raises(MediaError):
        draw_comparison(reference, before, None, 2, target)  # it exists
    with pytest.raises(MediaError, match="has no frame 3"):
        draw_comparison(reference, before, None, 3, tmp_path / "other.png")


def test_views_that_do_not_fit_are_refused() -> None:
    with pytest.raises(FrameError, match="two or three of one size"):
        side_by_side([View("after", colourful(20, 20))])
    with pytest.raises(FrameError, match="two or three of one size"):
        side_by_side([View("a", colourful(20, 20)), View("b", colourful(22, 20))])
