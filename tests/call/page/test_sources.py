"""Whatever a page's pictures are kept as, they are read right and enlarged to the same bytes.

Where a format has luma (I420, NV12), luma goes to the network as it is. RGB has none: it is turned
into BT.601 in limited range, in whole numbers as `planes.js` says, which Pellucid's Python does
otherwise (full range, differences of colour): there a page's picture has bytes of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from call.page.browser import CHROMIUM, page_at
from call.page.streams import PROBE, check, encode, frame_of, plane
from pellucid.artifact import shipped_models
from pellucid.frames import Plane, VideoFrame
from pellucid.video.model import load
from video.networks import noise

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
SIZES = [(16, 16), (18, 32), (34, 46)]
ORDERS = {"RGBA": [0, 1, 2], "RGBX": [0, 1, 2], "BGRA": [2, 1, 0], "BGRX": [2, 1, 0]}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with page_at("tests/call/page/blank.html") as page:
        yield page


def through(page: Page, height: int, width: int, format_: str, data: bytes) -> dict[str, Any]:
    picture = {"width": width, "height": height, "format": format_, "data": encode(data)}
    call = f"async (picture) => (await import('{PROBE}')).throughPixels(picture, 'lite')"
    made: dict[str, Any] = page.evaluate(call, picture)
    return made


def same(made: dict[str, Any], frame: VideoFrame) -> None:
    """It was read as this frame, and enlarged to the bytes of the reference."""
    for name in ("y", "u", "v"):
        np.testing.assert_array_equal(plane(made["read"], name), getattr(frame, name))
    check(load(shipped_models()["lite"])[0], [frame], [made])


@pytest.mark.parametrize("size", SIZES)
def test_nv12_keeps_its_bytes(page: Page, size: tuple[int, int]) -> None:
    frame = frame_of(*size)
    pairs = np.stack([frame.u, frame.v], axis=-1)
    made = through(page, *size, "NV12", frame.y.tobytes() + pairs.tobytes())
    assert made["format"] == "NV12"
    same(made, frame)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("format_", sorted(ORDERS))
def test_rgb_is_turned_into_limited_range_in_whole_numbers(
    page: Page, size: tuple[int, int], format_: str
) -> None:
    rgb = colours(*size)
    made = through(page, *size, format_, arranged(rgb, ORDERS[format_]))
    assert made["format"] == format_
    same(made, bt601(rgb))


@pytest.mark.parametrize("size", SIZES)
def test_a_canvas_is_read_as_rgb(page: Page, size: tuple[int, int]) -> None:
    rgb = colours(*size)
    made = through(page, *size, "canvas", arranged(rgb, ORDERS["RGBA"]))
    assert made["format"] in ORDERS
    same(made, bt601(rgb))


def colours(height: int, width: int) -> Plane:
    """Noise, (H, W, 3)."""
    return np.stack([noise(height, width, seed) for seed in range(3)], axis=-1)


def arranged(rgb: Plane, order: list[int]) -> bytes:
    """Four bytes a pixel, the last full."""
    opaque = np.full((*rgb.shape[:2], 1), 255, np.uint8)
    return np.concatenate([rgb[..., order], opaque], axis=-1).tobytes()


def bt601(rgb: Plane) -> VideoFrame:
    """As `planes.js` does it; colour is the mean of four pixels. Sizes are even."""
    red, green, blue = (rgb[..., channel].astype(int) for channel in range(3))
    y = 16 + ((66 * red + 129 * green + 25 * blue + 128) >> 8)
    fours = [sum(part[i::2, j::2] for i in (0, 1) for j in (0, 1)) for part in (red, green, blue)]
    red, green, blue = fours
    u = 128 + ((-38 * red - 74 * green + 112 * blue + 512) >> 10)
    v = 128 + ((112 * red - 94 * green - 18 * blue + 512) >> 10)
    return VideoFrame(*(part.astype(np.uint8) for part in (y, u, v)), siting="center")
