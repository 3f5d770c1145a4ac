"""The figures of a report, by matplotlib: quality against rate, and saved bits against cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from matplotlib.transforms import Bbox

from pellucid.bench.call_result import ANCHOR, BD_METRICS, CallResult, Metric
from pellucid.bench.labels import SIZE, Label, label_ends, label_points
from pellucid.bench.looks import GREY, Look, looks_of

DPI = 150
WIDTH, HEIGHT = 12.0, 5.0  # inches
ROW = 0.2  # inches that a method's label needs
LETTER = 0.56  # a letter's width by its height, on average
TITLES: dict[Metric, str] = {"vmaf_neg": "VMAF-NEG", "psnr": "PSNR-Y, dB"}

RATES = (25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1200, 1600)  # kbit/s with a tick
COSTS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20)  # GMAC with a tick


def draw_rates(result: CallResult, ours: Sequence[str], target: Path) -> None:
    """Write a PNG of the protocol's BD metrics against the weighed rate, means over the clips."""
    metrics = [metric for metric in BD_METRICS if metric in result.protocol.metrics]
    figure = _figure(len(result.methods))
    room = 0.025 + max(map(len, result.methods)) * SIZE * LETTER / 72 / WIDTH
    looks = looks_of(result.methods, ours)
    for axes, metric in zip(_panels(figure, len(metrics), room), metrics, strict=True):
        _draw_metric(axes, result, metric, looks)
    figure.suptitle(f"Calls through {result.protocol.codec}", x=0.01, ha="left", weight="bold")
    figure.savefig(target)


def draw_cost(
    result: CallResult, macs: Mapping[str, int], ours: Sequence[str], target: Path
) -> None:
    """Write a PNG of BD-rate against multiply-accumulates, for the methods that `macs` names."""
    figure = _figure(len(macs))
    looks = looks_of(result.methods, ours)
    metrics = [metric for metric in BD_METRICS if metric in result.protocol.metrics]
    for axes, metric in zip(_panels(figure, len(metrics), 0.03), metrics, strict=True):
        _draw_cost(axes, result, metric, macs, looks)
    title = f"Bits saved against cost, calls through {result.protocol.codec}"
    figure.suptitle(title, x=0.01, ha="left", weight="bold")
    figure.savefig(target)


def mean_curve(result: CallResult, method: str, metric: Metric) -> list[tuple[float, float]]:
    """Mean rate in kbit/s and mean score over the clips, a point a target rate.

    Targets with a missing score are left out.
    """
    curve = []
    for target in result.protocol.kilobits:
        points = [p for p in result.points if (p.method, p.target) == (method, target)]
        scores = [s for p in points if (s := p.scores.get(metric)) is not None]
        if points and len(scores) == len(points):
            rate = np.mean([point.kilobits for point in points])
            curve.append((float(rate), float(np.mean(scores))))
    return curve


def _figure(methods: int) -> Figure:
    return Figure((WIDTH, max(HEIGHT, 1.6 + ROW * methods)), dpi=DPI)


def _panels(figure: Figure, count: int, room: float) -> list[Axes]:
    """Panels in a row, `room` of the width free to the right of each."""
    each = 1 / count
    return [
        figure.add_axes((index * each + 0.055, 0.11, each - 0.055 - room, 0.77))
        for index in range(count)
    ]


def _draw_metric(axes: Axes, result: CallResult, metric: Metric, looks: Mapping[str, Look]) -> None:
    _plain_axes(axes)
    labels: list[Label] = []
    for method, look in looks.items():
        curve = mean_curve(result, method, metric)
        if curve:
            axes.plot(
                *zip(*curve, strict=True), color=look.colour, ls=look.dash, lw=look.width,
                marker="o", ms=3 + look.width, zorder=2 + look.width,
            )  # fmt: skip
            labels.append((curve[-1], method, look.colour))
    axes.set(xscale="log", xlabel="kbit/s", ylabel=TITLES[metric])
    _ticks(axes, RATES)
    if labels:
        label_ends(axes, labels)


def _draw_cost(
    axes: Axes,
    result: CallResult,
    metric: Metric,
    macs: Mapping[str, int],
    looks: Mapping[str, Look],
) -> None:
    _plain_axes(axes)
    bd = {method: result.bd(method, metric) for method in result.methods}
    placed = {m: (macs[m] / 1e9, rate) for m in macs if (rate := bd.get(m)) is not None}
    for method, (cost, rate) in placed.items():
        look = looks[method]
        filled = look.colour if look.dash == "-" else "none"
        axes.plot(cost, rate, "o", color=look.colour, mfc=filled, ms=4 + 2 * look.width)
    axes.set(xscale="log", xlabel="GMAC for one 480x360 picture")
    axes.set_ylabel(f"BD-rate by {TITLES[metric].partition(',')[0]}, % (lower is better)")
    axes.margins(x=0.3, y=0.15)
    _ticks(axes, COSTS)
    labels = [(point, method, looks[method].colour) for method, point in placed.items()]
    label_points(axes, labels, [_name_anchor(axes)])


def _name_anchor(axes: Axes) -> Bbox:
    """Write its name upon the line of zero; returns what line and name cover, in pixels."""
    axes.axhline(0, color=GREY, ls="--", lw=1.5)
    place = axes.get_yaxis_transform()
    name = axes.text(
        0.99, 0, ANCHOR, color=GREY, size=SIZE, ha="right", va="bottom", transform=place
    )
    frame, box = axes.get_window_extent(), name.get_window_extent()
    return Bbox.from_extents(frame.x0, box.y0 - 3, frame.x1, box.y0 + 3)


def _ticks(axes: Axes, places: Sequence[float]) -> None:
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _plain_axes(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6e6e6", lw=0.8)
    axes.set_axisbelow(True)
