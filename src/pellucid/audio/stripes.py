"""Labels as pictures: stripes of colour over time, and under the waveform of a sound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from pellucid.audio.labels import Label, Labels, Span
from pellucid.frames import Samples

# Blue, orange, grey, white: told apart by colour-blind eyes (Okabe and Ito 2008), and in grey.
COLOURS = {
    Label.SPEECH: (0, 114, 178),
    Label.MUSIC: (230, 159, 0),
    Label.NOISE: (153, 153, 153),
    Label.SILENCE: (255, 255, 255),
}
INK = {**COLOURS, Label.SILENCE: (0, 0, 0)}  # of the waveform, on white
LINES, GAP = 10, 2  # pixels of a stripe, and below it
WIDE, HALF, BELOW = 1200, 100, 44  # pixels: a waveform, half its height, the scale below


def draw_stripes(path: Path, rows: Sequence[Labels]) -> None:
    """A PNG: a stripe for each row of labels, a pixel for each label."""
    wide = max(row.size for row in rows)
    picture = np.full((len(rows) * (LINES + GAP), wide, 3), 255, np.uint8)
    for number, row in enumerate(rows):
        top = number * (LINES + GAP)
        picture[top : top + LINES, : row.size] = np.array(list(COLOURS.values()), np.uint8)[row]
    Image.fromarray(picture).save(path)


def draw_waveform(path: Path, peaks: Samples, spans: Sequence[Span]) -> None:
    """A PNG: how loud a sound is over time, coloured by label, over a scale of seconds.

    peaks: largest magnitudes of even stretches of the whole sound, float32 (n,).
    """
    seconds = max(spans[-1].end, 1e-3)
    picture = Image.new("RGB", (WIDE, 2 * HALF + BELOW), "white")
    pen = ImageDraw.Draw(picture)
    loudest = max(float(peaks.max()), 1e-6)
    for span in spans:
        for x in range(int(span.start / seconds * WIDE), int(np.ceil(span.end / seconds * WIDE))):
            first, last = (peaks.size * side // WIDE for side in (x, x + 1))
            tall = round(HALF * float(peaks[first : max(last, first + 1)].max()) / loudest)
            pen.line((x, HALF - tall, x, HALF + tall), fill=INK[span.label])
            pen.line((x, 2 * HALF, x, 2 * HALF + LINES), fill=COLOURS[span.label])
    _write_scale(pen, seconds)
    picture.save(path, "PNG")


def _write_scale(pen: ImageDraw.ImageDraw, seconds: float) -> None:
    """Ten times, and what the colours mean."""
    line = 2 * HALF + LINES + 2
    for tenth in range(10):
        pen.text((tenth * WIDE // 10, line), f"{tenth * seconds / 10:.1f} s", "black")
    for number, label in enumerate(Label):
        left = number * WIDE // 10
        pen.rectangle((left, line + 16, left + 10, line + 26), COLOURS[label], "black")
        pen.text((left + 14, line + 15), str(label), "black")
