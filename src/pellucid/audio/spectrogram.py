"""Spectrograms as pictures: what an ear would compare, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from pellucid.frames import Samples

WINDOW, HOP = 0.032, 0.008  # seconds
RANGE_DB = 80  # below the loudest of a row
COLUMNS, LINES = 480, 160  # pixels of one spectrogram
TITLE, GAP = 18, 4
# Black, violet, red, yellow, white: rising lightness, readable in grey too.
COLOURS = np.array([[0, 0, 4], [87, 16, 110], [188, 55, 84], [249, 142, 9], [252, 255, 220]])


def draw_spectrograms(
    path: Path, rows: Sequence[Sequence[Samples]], titles: Sequence[str], sample_rate: int
) -> None:
    """A PNG: a row for each sound, a column for each title; sounds float32 (T,)."""
    wide = len(titles) * (COLUMNS + GAP)
    picture = Image.new("RGB", (wide, TITLE + len(rows) * (LINES + GAP)), "white")
    pen = ImageDraw.Draw(picture)
    for column, title in enumerate(titles):
        pen.text(
            (column * (COLUMNS + GAP) + 2, 2), f"{title}, 0-{sample_rate / 2000:g} kHz", "black"
        )
    for row, sounds in enumerate(rows):
        levels = [decibels(sound, sample_rate) for sound in sounds]
        loudest = max(float(level.max()) for level in levels)
        for column, level in enumerate(levels):
            place = (column * (COLUMNS + GAP), TITLE + row * (LINES + GAP))
            picture.paste(_painted(level - loudest), place)
    picture.save(path)


def decibels(samples: Samples, sample_rate: int) -> npt.NDArray[np.float32]:
    """Power of a sound (T,) in dB, float32 (bins, frames), Hann windows of `WINDOW` seconds."""
    size, hop = round(WINDOW * sample_rate), round(HOP * sample_rate)
    padded = np.pad(samples, (0, max(size - samples.size, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * np.hanning(size)
    power = np.square(np.abs(np.fft.rfft(windows, axis=1))).T
    level: npt.NDArray[np.float32] = (10 * np.log10(power + 1e-12)).astype(np.float32)
    return level


def _painted(level: npt.NDArray[np.float32]) -> Image.Image:
    """dB below the loudest to a picture, low notes at the bottom."""
    shade = np.clip(level[::-1] / RANGE_DB + 1, 0, 1) * (len(COLOURS) - 1)
    channels = [np.interp(shade, range(len(COLOURS)), COLOURS[:, c]) for c in range(3)]
    picture = Image.fromarray(np.stack(channels, axis=2).astype(np.uint8))
    return picture.resize((COLUMNS, LINES), Image.Resampling.BOX)
