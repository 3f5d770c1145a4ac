"""Made-up screens: windows, text and tables, as shared in calls. No photograph teaches letters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Luma = npt.NDArray[np.uint8]
SIDE = 512
BLACK, WHITE = 16, 235  # of limited range
LETTERS = "etaoinshrdlcumwfgypbvk" * 3 + "ETAOINSHRDLCU" + "0123456789.,;:()-+=/%&"
SMALLEST, LARGEST = 11, 30  # letters' size in pixels of the whole screen


def draw_screen(rng: np.random.Generator) -> Luma:
    """A screen of a few overlapping windows full of text: uint8 (512, 512), limited range."""
    desk = Image.new("L", (SIDE, SIDE), int(rng.integers(BLACK, WHITE + 1)))
    for _ in range(int(rng.integers(1, 5))):
        _draw_window(desk, rng)
    return np.asarray(desk).copy()


def _draw_window(desk: Image.Image, rng: np.random.Generator) -> None:
    left, top = rng.integers(-60, SIDE // 2, 2)
    right, bottom = left + rng.integers(180, SIDE, 1)[0], top + rng.integers(150, SIDE, 1)[0]
    paper, ink = _paper_and_ink(rng)
    draw = ImageDraw.Draw(desk)
    draw.rectangle((left, top, right, bottom), fill=paper, outline=ink)
    size = int(rng.integers(SMALLEST, LARGEST + 1))
    draw.rectangle((left, top, right, top + 2 * size), fill=(paper + ink) // 2)
    font, down = ImageFont.load_default(size), top + 2 * size
    while down < min(bottom - 2 * size, SIDE):
        indent = size * int(rng.integers(0, 4))
        text = _line(rng, max(1, int(2 * (right - left - indent) / size) - 6))
        draw.text((left + size // 2 + indent, down), text, fill=ink, font=font)
        down += round(size * 1.4)
        if rng.random() < 0.1:
            draw.line((left, down, right, down), fill=(paper + ink) // 2)


def _paper_and_ink(rng: np.random.Generator) -> tuple[int, int]:
    """Dark on light or light on dark, seldom at full contrast."""
    dark, light = int(rng.integers(BLACK, 80)), int(rng.integers(160, WHITE + 1))
    return (light, dark) if rng.random() < 0.6 else (dark, light)


def _line(rng: np.random.Generator, length: int) -> str:
    letters = rng.choice(list(LETTERS), length)
    letters[rng.random(length) < 0.17] = " "
    return "".join(letters)
