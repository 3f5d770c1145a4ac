"""The two pictures a training draws of itself: its curves, and strips of what it makes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from pellucid.training.batches import Batch
from pellucid.training.nets.plain import PlainNet
from pellucid.training.validate import HeldOut, bicubic

STRIPS = 3  # of each group
GAP, TITLE = 6, 22
COLUMNS = ("received", "bicubic", "network", "truth")


def draw_curves(log: Sequence[dict[str, Any]], path: Path) -> None:
    """Loss by step, and held-out PSNR above bicubic by step, as a PNG."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    loss_axes, gain_axes = figure.subplots(1, 2)
    loss_axes.plot([row["step"] for row in log], [row["loss"] for row in log])
    loss_axes.set(xlabel="step", ylabel="loss")
    scored = [row for row in log if "scores" in row]
    for key in sorted({key for row in scored for key in row["scores"]} if scored else ()):
        group, method = key.split(" ")
        if method != "bicubic":
            rows = [row for row in scored if key in row["scores"]]
            gain = [row["scores"][key] - row["scores"][f"{group} bicubic"] for row in rows]
            gain_axes.plot([row["step"] for row in rows], gain, marker=".", label=key)
    gain_axes.set(xlabel="step", ylabel="PSNR above bicubic, dB")
    if gain_axes.get_lines():
        gain_axes.legend()
    figure.savefig(path, dpi=100)


def draw_strips(patches: HeldOut, net: PlainNet, path: Path) -> None:
    """Held-out patches side by side: received, bicubic, network, truth."""
    rows = [
        _strip(net, batch, slice(index, index + 1))
        for batch in patches.groups.values()
        for index in np.linspace(0, len(batch.low) - 1, STRIPS).astype(int)
    ]
    height, width = rows[0].shape
    sheet = Image.new("L", (width, TITLE + len(rows) * (height + GAP)), 24)
    for index, row in enumerate(rows):
        sheet.paste(Image.fromarray(row), (0, TITLE + index * (height + GAP)))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for index, title in enumerate(COLUMNS):
        draw.text((index * (width + GAP) // len(COLUMNS) + 4, 3), title, fill=230, font=font)
    sheet.save(path)


def _strip(
    net: PlainNet, batch: Batch, one: slice
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    low, high = batch.low[one], batch.high[one]
    with torch.no_grad():
        made = net.eval()(low / 255, batch.traces[one]) * 255
    repeated = low.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    gap = torch.full((*high.shape[:3], GAP), 24.0)
    parts = [repeated, gap, bicubic(low), gap, made, gap, high]
    strip = torch.cat(parts, dim=3).round().clamp(0, 255)
    return strip[0, 0].to(torch.uint8).numpy()
