"""One figure a data set: what every arm makes, modes through training, spectra of J."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from pellucid.lab.collapse.arms import ARMS
from pellucid.lab.collapse.geometry import Array
from pellucid.lab.journal import Row

DPI = 72
SIDE, PIXELS = 6, 8  # of a mosaic of digits; of a digit
MARGIN = 0.15  # around the data, of their width
COLOURS = {arm: f"C{place}" for place, arm in enumerate(ARMS)}


def draw(rows: Sequence[Row], path: Path, command: str) -> None:
    """rows: of one data set, the truth first. The PNG carries the command."""
    figure = Figure(figsize=(2.1 * len(rows), 5.2), layout="constrained")
    places = GridSpec(2, 1, figure, height_ratios=(1, 1.2))
    above, below = (figure.add_subfigure(places[row]) for row in (0, 1))
    truth = np.array(rows[0]["samples"])
    show = _draw_cloud if truth.shape[1] == 2 else _draw_digits
    for axes, row in zip(above.subplots(1, len(rows), squeeze=False)[0], rows, strict=True):
        show(axes, np.array(row["samples"]), truth)
        axes.set(xticks=[], yticks=[])
        axes.set_title("the data" if row is rows[0] else _titled(row), fontsize=7)
    left, right = below.subplots(1, 2)
    _draw_history(left, rows)
    _draw_spectra(right, rows[1:])
    figure.savefig(path, dpi=DPI, metadata={"Description": command})


def _titled(row: Row) -> str:
    first = row["scores"][0]
    return f"{row['arm']}: {first['modes']} modes, {100 * first['quality']:.0f} % good"


def _draw_cloud(axes: Axes, samples: Array, truth: Array) -> None:
    axes.plot(*truth.T, ".", color="lightgrey", markersize=5)
    axes.plot(*samples.T, ".", markersize=1.5, color="C3")
    low, high = truth.min(), truth.max()
    ends = low - MARGIN * (high - low), high + MARGIN * (high - low)
    axes.set(xlim=ends, ylim=ends, aspect="equal")


def _draw_digits(axes: Axes, samples: Array, truth: Array) -> None:
    """One digit is grey; three are red, green and blue."""
    cells = samples[: SIDE * SIDE].reshape(SIDE, SIDE, -1, PIXELS, PIXELS)
    padded = np.pad(cells, ((0, 0), (0, 0), (0, 0), (1, 1), (1, 1)))
    whole = padded.transpose(0, 3, 1, 4, 2).reshape(*[SIDE * (PIXELS + 2)] * 2, -1)
    axes.imshow(1 - np.broadcast_to(whole, (*whole.shape[:2], 3)).clip(0, 1))


def _draw_history(axes: Axes, rows: Sequence[Row]) -> None:
    """Means over the seeds, and their range."""
    axes.axhline(rows[0]["modes"], color="lightgrey", linewidth=4)
    for row in rows[1:]:
        steps = [one["step"] for one in row["history"]]
        modes = np.array([one["modes"] for one in row["history"]])
        if steps:
            axes.plot(steps, modes.mean(1), color=COLOURS[row["arm"]], label=row["arm"])
            axes.fill_between(steps, modes.min(1), modes.max(1), color=COLOURS[row["arm"]],
                              alpha=0.12)  # fmt: skip
    axes.set(xlabel="steps of the adversaries", ylabel="modes with a good sample", ylim=(0, None))
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=7)


def _draw_spectra(axes: Axes, rows: Sequence[Row]) -> None:
    """Medians of each singular value, with deciles; 1 is what the tangent term asks for."""
    axes.axhline(1, color="lightgrey", linewidth=4)
    for place, row in enumerate(rows):
        low, middle, high = np.array(row["spectrum"]).T
        numbers = np.arange(1, len(middle) + 1) + 0.06 * (place - len(rows) / 2)
        axes.errorbar(numbers, middle, (middle - low, high - middle), fmt="o-", markersize=3,
                      linewidth=1, color=COLOURS[row["arm"]], label=row["arm"])  # fmt: skip
    axes.set(xlabel="singular value of J, by size", yscale="log",
             xticks=np.arange(1, len(rows[0]["spectrum"]) + 1))  # fmt: skip
    axes.legend(fontsize=7)
