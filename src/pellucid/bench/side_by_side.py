"""One picture that shows what a comparison means: whole frames above, enlarged details below.

The details are not picked by hand, nor by who wins: they are the places where the first two
views differ most in fine structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pellucid.bench import ycbcr
from pellucid.bench.details import Box, choose_details
from pellucid.bench.methods import scale
from pellucid.bench.quality import psnr
from pellucid.bench.reading import read_rgb
from pellucid.bench.ycbcr import Rgb
from pellucid.errors import FrameError
from pellucid.media.pictures import Picture, write_picture

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

GROUND: Colour = (27, 28, 31)
INK: Colour = (236, 236, 234)
FAINT: Colour = (150, 152, 156)
MARK: Colour = (255, 196, 84)

WIDTH = 1760  # pixels of the whole picture
MARGIN, GAP, LINE = 40, 20, 30
TALLEST = 520  # pixels of a whole frame; a portrait video is narrowed to it
ZOOM = 3
DETAILS = {2: 3, 3: 4}  # by the number of views: fewer views are wider
FLATNESS = 0.46  # height of a detail by its width
TAG = 18


@dataclass(frozen=True, eq=False)
class View:
    """A picture under its name: uint8 (H, W, 3)."""

    name: str
    rgb: Rgb


def draw_comparison(
    output: Path,
    before: Path | None,
    reference: Path | None,
    index: int,
    target: Path,
    overwrite: bool = False,
) -> None:
    """Write the side-by-side of frame `index` to `target` (.png, .jpg or .webp).

    At least one of before and reference must be given; a file of half the size is enlarged by
    bicubic. Raises MediaError, FrameError.
    """
    given = (("before", before), ("after", output), ("original", reference))
    pictures = {name: read_rgb(path, index) for name, path in given if path is not None}
    largest = max((picture.shape[:2] for picture in pictures.values()), key=lambda size: size[0])
    views = [View(name, _fit(picture, largest)) for name, picture in pictures.items()]
    grown = [name for name, picture in pictures.items() if picture.shape[:2] != largest]
    caption = [f"frame {index}", f"details x{ZOOM}", *(f"{name}: by bicubic" for name in grown)]
    write_picture(target, Picture(side_by_side(views, ", ".join(caption))), overwrite)


def side_by_side(views: Sequence[View], caption: str = "") -> Rgb:
    """Two or three views of one size as one picture: uint8 (H, W, 3).

    Each detail carries its luma PSNR against the view named "original", if there is one.
    Raises FrameError for another number of views, or when their sizes differ.
    """
    if len(views) not in DETAILS or len({view.rgb.shape for view in views}) > 1:
        raise FrameError(f"views: expected two or three of one size, got {len(views)}")
    lumas = [ycbcr.luma_plane(view.rgb) for view in views]
    column = (WIDTH - 2 * MARGIN - (len(views) - 1) * GAP) // len(views)
    size = round(column * FLATNESS / ZOOM), column // ZOOM
    details = choose_details(lumas[0], lumas[1], size, DETAILS[len(views)])
    page = _Page(views, lumas, column, details)
    page.draw(caption)
    return np.array(page.image)


class _Page:
    """The picture being drawn, from top to bottom."""

    def __init__(
        self,
        views: Sequence[View],
        lumas: list[npt.NDArray[np.uint8]],
        column: int,
        details: list[Box],
    ) -> None:
        self.views, self.lumas, self.details = views, lumas, details
        self.lefts = [MARGIN + place * (column + GAP) for place in range(len(views))]
        self.column = column
        height, width = lumas[0].shape
        self.shrink = min(column / width, TALLEST / height)
        self.top = round(height * self.shrink)
        rows = sum(GAP + LINE + box.height * ZOOM for box in details)
        self.image = Image.new("RGB", (WIDTH, MARGIN + LINE + self.top + rows + MARGIN), GROUND)
        self.pen = ImageDraw.Draw(self.image)
        self.large, self.plain, self.small = (ImageFont.load_default(size) for size in (22, 17, 14))

    def draw(self, caption: str) -> None:
        for place, view in enumerate(self.views):
            self._whole(place, view)
        self._text(WIDTH - MARGIN, MARGIN, caption, FAINT, self.plain, anchor="ra")
        y = MARGIN + LINE + self.top + GAP
        for number, box in enumerate(self.details, start=1):
            for place, view in enumerate(self.views):
                self._detail(place, view, number, box, y)
            y += box.height * ZOOM + LINE + GAP

    def _whole(self, place: int, view: View) -> None:
        left, top = self.lefts[place], MARGIN + LINE
        self._text(left, MARGIN - 4, view.name, INK, self.large)
        size = round(view.rgb.shape[1] * self.shrink), self.top
        self.image.paste(
            Image.fromarray(view.rgb).resize(size, Image.Resampling.LANCZOS), (left, top)
        )
        for number, box in enumerate(self.details, start=1):
            corners = [
                round(edge * self.shrink) for edge in (box.left, box.top, box.right, box.bottom)
            ]
            x0, y0, x1, y1 = (
                left + corners[0],
                top + corners[1],
                left + corners[2],
                top + corners[3],
            )
            self.pen.rectangle((x0, y0, x1, y1), outline=MARK, width=2)
            self._tag(x0, y0, number)

    def _detail(self, place: int, view: View, number: int, box: Box, y: int) -> None:
        left = self.lefts[place]
        cut = Image.fromarray(np.ascontiguousarray(view.rgb[box.rows, box.columns]))
        size = cut.width * ZOOM, cut.height * ZOOM
        self.image.paste(cut.resize(size, Image.Resampling.LANCZOS), (left, y + LINE))
        self._tag(left, y + 4, number)
        self._text(left + TAG + 8, y + 4, view.name, INK, self.plain)
        score = self._score(place, box)
        self._text(left + size[0], y + 4, score, FAINT, self.plain, anchor="ra")

    def _tag(self, x: int, y: int, number: int) -> None:
        self.pen.rectangle((x, y, x + TAG, y + TAG), fill=MARK)
        self._text(x + TAG // 2, y + TAG // 2, str(number), GROUND, self.small, anchor="mm")

    def _score(self, place: int, box: Box) -> str:
        if self.views[-1].name != "original" or place == len(self.views) - 1:
            return ""
        cuts = [self.lumas[which][box.rows, box.columns] for which in (-1, place)]
        return f"{psnr(cuts[0], cuts[1]):.2f} dB"

    def _text(
        self, x: int, y: int, words: str, colour: Colour, font: Font, anchor: str = "la"
    ) -> None:
        self.pen.text((x, y), words, colour, font, anchor)


def _fit(picture: Rgb, size: tuple[int, ...]) -> Rgb:
    """Enlarge a picture of half the size by bicubic; an odd size's extra row and column go."""
    height, width = size
    if picture.shape[:2] != (height, width):
        channels = [scale(picture[..., channel], "bicubic") for channel in range(3)]
        picture = np.stack(channels, axis=-1)[:height, :width]
    if picture.shape[:2] != (height, width):
        raise FrameError(f"picture: expected {width}x{height} or half of it")
    return picture
