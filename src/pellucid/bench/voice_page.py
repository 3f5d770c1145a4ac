"""The pages of the voice protocols: tables, and spectrograms of ten items, the worst among them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PIL import Image

from pellucid.audio.spectrogram import draw_spectrograms
from pellucid.bench.voice import Row, table
from pellucid.bench.voice_items import CLEAN_SNR
from pellucid.frames import Samples

DRAWN, WORST = 10, 3
COLOURS = 128  # of the picture: a third of the bytes, nothing lost to the eye

# An item's number to its sounds, (T,) each.
Sounds = Callable[[int], Sequence[Samples]]


def voice_page(title: str, command: str, machine: str, rows: Sequence[Row]) -> str:
    """All tables of the denoisers, as Markdown."""
    noisy = [row for row in rows if row.snr != CLEAN_SNR]
    quiet = [row for row in rows if row.snr == CLEAN_SNR]
    parts = [
        head(title, command, machine),
        "Means with 95 % intervals. RTF: seconds of one thread for a second of sound, whole files.",
        table(noisy),
        "## By signal-to-noise ratio",
        table(noisy, lambda row: f"{row.snr} dB"),
        "## By speaker",
        table(noisy, lambda row: row.speaker),
        "## Voices without noise, which should stay as they are",
        table(quiet),
    ]
    return "\n\n".join(parts)


def head(title: str, command: str, machine: str) -> str:
    """The first lines of a page."""
    return f"# {title}\n\nMade by `{command}` on {machine}."


def show_items(
    folder: Path, name: str, gains: Mapping[int, float], labels: Sequence[str], rate: int,
    titles: Sequence[str], sounds: Sounds,
) -> str:  # fmt: skip
    """Draw ten items into NAME.png, and give the Markdown that shows them.

    gains: by item, what the method was worth; labels: what to call each item.
    """
    order = sorted(gains, key=lambda item: gains[item])
    rest = order[WORST:]
    spread = rest[:: max(len(rest) // (DRAWN - WORST), 1)][: DRAWN - WORST]
    chosen = [*order[:WORST], *spread]
    path = folder / f"{name}.png"
    draw_spectrograms(path, [sounds(item) for item in chosen], titles, rate)
    with Image.open(path) as picture:
        small = picture.quantize(COLOURS)
    small.save(path, optimize=True)
    lines = [f"{n}. {labels[item]}: {gains[item]:+.2f}" for n, item in enumerate(chosen, start=1)]
    told = "\n".join(lines)
    return f"![spectrograms]({name}.png)\n\nFrom above, the {WORST} worst first:\n\n{told}"


def write_page(folder: Path, name: str, text: str, rows: Sequence[Any]) -> None:
    """NAME.md and NAME.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text.rstrip() + "\n", "utf-8")
    data = [asdict(row) for row in rows]
    (folder / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n", "utf-8")
