"""R'G'B' and Y'CbCr against the standard's own values."""

from __future__ import annotations

import numpy as np
import pytest
from scenes import scene

from pellucid.bench import ycbcr
from pellucid.errors import FrameError
from pellucid.frames import VideoFrame


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((0, 0, 0), 16), ((255, 255, 255), 235), ((255, 0, 0), 81.481), ((0, 255, 0), 144.553)],
)
def test_luma_has_the_values_of_bt601(colour: tuple[int, int, int], expected: float) -> None:
    picture = np.full((2, 3, 3), colour, np.uint8)
    assert ycbcr.luma(picture) == pytest.approx(np.full((2, 3), expected))


def test_grey_frames_come_out_grey() -> None:
    y = scene(20, 30)
    neutral = np.full((10, 15), 128, np.uint8)
    coloured, grey = (
        ycbcr.rgb(VideoFrame(y, neutral, neutral)),
        ycbcr.rgb(VideoFrame(y, None, None)),
    )
    assert np.array_equal(coloured, grey)
    assert np.array_equal(grey[..., 0], grey[..., 2])


@pytest.mark.parametrize("matrix", ["bt601", "bt709", "bt2020"])
def test_white_black_and_red_are_exact(matrix: str) -> None:
    kr, kb = ycbcr.WEIGHTS[matrix]
    red = (16 + 219 * kr, 128 - 112 * kr / (1 - kb), 240)
    for (y, cb, cr), expected in {(235, 128, 128): 255, (16, 128, 128): 0}.items():
        assert (ycbcr.rgb(_flat(y, cb, cr, matrix)) == expected).all()
    made = ycbcr.rgb(_flat(*(round(value) for value in red), matrix)).astype(int)
    assert np.abs(made - [255, 0, 0]).max() <= 2  # a step of Cb is two of blue


def test_full_range_luma_is_brought_to_the_limited_scale() -> None:
    y = np.array([[0, 255]], np.uint8)
    assert ycbcr.limited(VideoFrame(y, None, None, range="full")).tolist() == [[16, 235]]
    assert ycbcr.limited(VideoFrame(y, None, None)) is y


@pytest.mark.parametrize("subsampling", [(1, 1), (1, 2), (2, 1), (2, 2)])
def test_every_subsampling_keeps_the_size(subsampling: tuple[int, int]) -> None:
    y = scene(7, 9)
    shape = -(-7 // subsampling[0]), -(-9 // subsampling[1])
    chroma = np.full(shape, 90, np.uint8)
    assert ycbcr.rgb(VideoFrame(y, chroma, chroma, subsampling=subsampling)).shape == (7, 9, 3)


def test_luma_of_something_else_is_refused() -> None:
    with pytest.raises(FrameError, match="rgb: expected uint8"):
        ycbcr.luma(np.zeros((4, 4), np.uint8))


def _flat(y: int, cb: int, cr: int, matrix: str) -> VideoFrame:
    planes = [np.full((2, 2), value, np.uint8) for value in (y, cb, cr)]
    return VideoFrame(*planes, matrix=matrix, subsampling=(1, 1))  # type: ignore[arg-type]
