"""The figures of the page: counts beside bounds, cells as they lie, which curves were encoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import nn

from pellucid.lab.pieces import bounds, curves
from pellucid.lab.pieces.geometry import Array
from pellucid.lab.pieces.outcome import Subdivision
from pellucid.lab.pieces.problem import box, convolutional_net, random_net, soft_pictures, through
from pellucid.lab.pieces.solver import subdivide
from pellucid.lab.pieces.tasks import DRAWN, PATCH, Found, decoded, forbidden, named

DPI = 72
BOX = 1.2  # half the side of the square whose cells are drawn
BOUNDS = {
    "Lei et al., theorem 4.5": bounds.lei,
    "Montúfar 2017": bounds.montufar,
    "Serra et al.": bounds.serra,
    "reached by some weights (Montúfar 2014)": bounds.reachable,
    "units² / 2 (Hanin, Rolnick)": bounds.typical,
}


def draw_counts(rows: Sequence[Found], path: Path, command: str) -> None:
    """Pieces of random networks of each widths beside all bounds, on a logarithmic scale."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    widths = list(dict.fromkeys(tuple(row["widths"]) for row in rows if "seed" in row))
    marks = (("_", 14), ("_", 20), ("_", 10), ("^", 6), ("x", 6))
    for (mark, size), (name, bound) in zip(marks, BOUNDS.items(), strict=True):
        values = [float(bound(w)) for w in widths]
        axes.plot(range(len(widths)), values, mark, label=name, markersize=size)
    counted = [row for row in rows if "seed" in row]
    places = [widths.index(tuple(row["widths"])) for row in counted]
    axes.plot(places, [row["pieces"] for row in counted], "k.", label="counted, random weights")
    axes.set_xticks(range(len(widths)), [named(w) for w in widths], rotation=30, ha="right")
    axes.set(yscale="log", ylabel="linear pieces")
    axes.legend(fontsize=8)
    _save(figure, path, command)


def draw_slices(rows: Sequence[Found], path: Path, command: str) -> None:
    """The pieces of the first convolutional network of each size, on their planes."""
    chosen = [row for row in rows if row["seed"] == 1]
    figure = Figure(figsize=(3 * len(chosen), 3.3), layout="constrained")
    for axes, row in zip(np.ravel(figure.subplots(1, len(chosen))), chosen, strict=True):
        net = convolutional_net(row["channels"], row["layers"], row["seed"])
        plane = through(soft_pictures(3, PATCH, row["seed"]))
        _draw_cells(axes, subdivide(net, plane), np.array([[0.0, 0], [1, 0], [0, 1]]))
        title = f"{row['channels']} channels, {row['layers']} layers: {row['pieces']:,}"
        axes.set_title(title, fontsize=9)
    _save(figure, path, command)


def draw_fits(rows: Sequence[Found], path: Path, command: str) -> None:
    """The half circle and the polylines that autoencoders make of it."""
    figure = Figure(figsize=(4 * len(rows), 2.8), layout="constrained")
    for axes, row in zip(np.ravel(figure.subplots(1, len(rows))), rows, strict=True):
        axes.plot(*curves.half_circle().T, color="tab:gray", label="half circle")
        axes.plot(*np.array(row["line"]).T, ".-", color="tab:red", label=f"{row['pieces']} pieces")
        axes.set_title(f"RMS {row['error']:.4f}; at least {row['floor']:.4f}", fontsize=9)
        axes.set_aspect("equal")
        axes.legend(fontsize=8)
    _save(figure, path, command)


def draw_cells(rows: Sequence[Found], path: Path, command: str) -> None:
    """Pieces of an encoder, of encoder and decoder together, and the decoder's polyline."""
    net, curve = rebuilt(rows[0]), curves.spiral(1)
    figure = Figure(figsize=(12, 4.2), layout="constrained")
    frame = box(BOX).frame.numpy()
    panels = figure.subplots(1, 3)
    for axes, part, name in zip(
        panels, (net[0], net), ("encoder", "decoder(encoder)"), strict=False
    ):
        found = subdivide(part, box(BOX))
        _draw_cells(axes, found, frame)
        axes.plot(*curve.T, color="black", linewidth=1.5)
        axes.set_title(f"{name}: {found.pieces:,} pieces", fontsize=9)
    line = decoded(net, curve)
    panels[2].plot(*curve.T, color="tab:gray", label="spiral")
    panels[2].plot(*line.T, ".-", color="tab:red", label="decoder's image")
    panels[2].set_title(f"decoder: {len(line) - 1} pieces, RMS {rows[0]['error']:.3f}", fontsize=9)
    panels[2].set_aspect("equal")
    panels[2].legend(fontsize=8)
    _save(figure, path, command)


def draw_curves(rows: Sequence[Found], path: Path, command: str) -> None:
    """Which network encoded which curve, and where theory says that none can."""
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    kinds = list(dict.fromkeys(row["curve"] for row in rows))
    for axes, whose in zip(np.ravel(figure.subplots(1, len(kinds))), kinds, strict=True):
        own = [row for row in rows if row["curve"] == whose]
        for place, row in enumerate(own):
            _draw_encoder(axes, place, row)
        axes.set_yticks(range(len(own)), [named(row["widths"]) for row in own])
        sizes = sorted({one["size"] for row in own for one in row["rows"]})
        axes.set_xticks(range(len(sizes)), [f"{size:g}" for size in sizes])
        axes.set(xlabel="turns" if whose == "spiral" else "level", title=whose)
        axes.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(len(own) - 0.5, -0.5))
    _save(figure, path, command)


DRAWINGS: dict[str, Callable[[Sequence[Found], Path, str], None]] = {
    "counts": draw_counts,
    "slices": draw_slices,
    "fits": draw_fits,
    "cells": draw_cells,
    "curves": draw_curves,
}


def rebuilt(row: Found) -> nn.Sequential:
    """The autoencoder that a row of the part "cells" is of."""
    encoder, pieces = DRAWN
    net = nn.Sequential(random_net(encoder, 0), random_net([1, pieces, 2], 0))
    state = {name: torch.tensor(values).double() for name, values in row["weights"].items()}
    net.load_state_dict(state)
    return net


def _draw_encoder(axes: Axes, place: int, row: Found) -> None:
    """A square a size: how many of the seeds encoded it, else the fewest turns back."""
    for column, size in enumerate(sorted({one["size"] for one in row["rows"]})):
        turns = [one["turns_back"] for one in row["rows"] if one["size"] == size]
        encoded = turns.count(0)
        banned = forbidden(row["curve"], row["widths"], size)
        colour = "tab:blue" if encoded else "black" if banned else "tab:red"
        alpha = 0.3 + 0.5 * encoded / len(turns) if encoded else 0.75 if banned else 0.3
        axes.add_patch(
            Rectangle((column - 0.5, place - 0.5), 1, 1, color=colour, alpha=alpha, linewidth=0)
        )
        told = f"{encoded} of {len(turns)}" if encoded else f"{min(turns)}"
        text = "none can" if banned else told
        axes.text(column, place, text, ha="center", va="center", fontsize=8,
                  color="white" if banned else "black")  # fmt: skip


def _draw_cells(axes: Axes, found: Subdivision, frame: Array) -> None:
    """Cells in colours of their pieces, (3, 2) frame."""
    corners = [cell.corners @ frame for cell in found.cells]
    colours = colormaps["tab20"](found.piece_of * 7 % 20)
    axes.add_collection(PolyCollection(corners, facecolors=colours, alpha=0.6, linewidths=0))
    axes.autoscale()
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])


def _save(figure: Figure, path: Path, command: str) -> None:
    """The picture carries the command that made it."""
    figure.savefig(path, dpi=DPI, metadata={"Description": command})
