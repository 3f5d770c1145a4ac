"""The worst crops as one picture: bicubic, the method and the truth side by side, two by two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pellucid.bench import ycbcr
from pellucid.bench.side_by_side import FAINT, GAP, GROUND, INK, LINE, MARGIN
from pellucid.bench.worst import TILE, Crop
from pellucid.frames import Plane
from pellucid.media.pictures import Picture, write_picture

ZOOM = 3
COLUMNS = 2
SHOWN = TILE * ZOOM  # pixels of one crop on the page
BETWEEN = 6
CELL = 3 * SHOWN + 2 * BETWEEN, LINE + SHOWN + GAP  # width and height of one place
HEAD = 96


def draw_worst(crops: Sequence[Crop], method: str, target: Path) -> None:
    """Write the page to `target` (.png), replacing it. Raises MediaError."""
    write_picture(target, Picture(worst_page(crops, method)), overwrite=True)


def worst_page(crops: Sequence[Crop], method: str) -> ycbcr.Rgb:
    """One place a cell, the worst first, row by row: uint8 (H, W, 3). Luma is shown in grey."""
    rows = -(-len(crops) // COLUMNS)
    width = 2 * MARGIN + COLUMNS * CELL[0] + (COLUMNS - 1) * 2 * GAP
    image = Image.new("RGB", (width, HEAD + rows * CELL[1] + MARGIN - GAP), GROUND)
    pen = ImageDraw.Draw(image)
    title = f"Where {method} loses most against bicubic"
    pen.text((MARGIN, 22), title, INK, ImageFont.load_default(24))
    caption = (
        f"left bicubic, middle {method}, right the original; luma, shown x{ZOOM}; "
        "dB: change in PSNR of the crop"
    )
    pen.text((MARGIN, 56), caption, FAINT, ImageFont.load_default(17))
    for number, crop in enumerate(crops):
        row, column = divmod(number, COLUMNS)
        corner = MARGIN + column * (CELL[0] + 2 * GAP), HEAD + row * CELL[1]
        _place(image, corner, number + 1, crop)
    return np.array(image)


def _place(image: Image.Image, corner: tuple[int, int], number: int, crop: Crop) -> None:
    left, top = corner
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(16)
    place = f"{number}.  {crop.clip}, {crop.codec} {crop.target} kbit/s, frame {crop.frame}"
    pen.text((left, top + 4), place, INK, font)
    pen.text((left + CELL[0], top + 4), f"{crop.gain:+.2f} dB", INK, font, anchor="ra")
    for index, luma in enumerate((crop.bicubic, crop.made, crop.truth)):
        image.paste(_shown(luma), (left + index * (SHOWN + BETWEEN), top + LINE))


def _shown(luma: Plane) -> Image.Image:
    full = ycbcr.to_bytes((luma.astype(np.float64) - 16) * (255 / 219))
    return Image.fromarray(full).resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)
