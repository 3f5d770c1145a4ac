"""What a training against critics draws of itself: curves of every part, and crops through time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from pellucid.training.adversarial.diagnostics import calm_picture
from pellucid.training.adversarial.generator import Generator, cells
from pellucid.training.adversarial.moments import MomentBatch
from pellucid.training.adversarial.recipe import AdversarialRecipe
from pellucid.training.adversarial.textures import ROOT
from pellucid.training.validate import bicubic

SHOWN = 6  # crops
GAP, TITLE = 4, 20
TITLES = ("bicubic", "start", "made", "with noise", "truth")


def draw_curves(log: Sequence[dict[str, Any]], path: Path) -> None:
    """One small panel for each part of the loss and each number of the held-out look, as a PNG."""
    rows = [row["parts"] | {f"held out: {k}": v for k, v in row["health"].items()} for row in log]
    names = list(dict.fromkeys(name for row in rows for name in row))
    across = 5
    down = -(-len(names) // across)
    figure = Figure(figsize=(3 * across, 2 * down), layout="constrained")
    for axes, name in zip(figure.subplots(down, across, squeeze=False).flat, names, strict=False):
        shown = [
            (row["step"], told[name]) for row, told in zip(log, rows, strict=True) if name in told
        ]
        axes.plot(*zip(*shown, strict=True), marker=".")
        axes.set_title(name, fontsize=8)
        axes.tick_params(labelsize=7)
    figure.savefig(path, dpi=90)


def draw_crops(
    net: Generator, start: Generator, shown: MomentBatch, recipe: AdversarialRecipe, path: Path
) -> None:
    """Held-out places side by side, as a PNG: see `TITLES`. start: as the training began."""
    index = np.linspace(0, len(shown.low) - 1, SHOWN).astype(int)
    low, high, levels = (
        shown.low[index, 1:],
        shown.high[index, 1:],
        net.level_of(shown.traces[index]),
    )
    side = cells(recipe.patch)
    noise = np.random.default_rng(1).uniform(-ROOT, ROOT, (SHOWN, recipe.codes, side, side))
    with torch.no_grad():
        columns = [
            bicubic(low) / 255,
            calm_picture(start, low, levels, exact=False),
            calm_picture(net, low, levels, exact=False),
            net(low / 255, levels, torch.from_numpy(noise).float()),
            high / 255,
        ]
    sheet(columns, TITLES, path)


def sheet(columns: Sequence[Tensor], titles: Sequence[str], path: Path) -> None:
    """Columns of as many pictures each, (N, 1, H, W) in 0..1, under their titles, as a PNG."""
    count, _, height, width = columns[0].shape
    size = (len(columns) * (width + GAP), TITLE + count * (height + GAP))
    page = Image.new("L", size, 24)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(12)
    for across, (column, title) in enumerate(zip(columns, titles, strict=True)):
        left = across * (width + GAP)
        pen.text((left + 2, 2), title, fill=230, font=font)
        for down, picture in enumerate((column[:, 0] * 255).round().clamp(0, 255).byte().numpy()):
            page.paste(Image.fromarray(picture), (left, TITLE + down * (height + GAP)))
    page.save(path)
