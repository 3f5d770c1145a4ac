"""The pictures of the guide: all differences, the shapes of loss curves, optimisers by rate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pellucid.lab.recurrent.arms import RATES
from pellucid.lab.recurrent.outcome import Judged, scores_of
from pellucid.lab.recurrent.trials import Trial

COLOURS = {"holds": "tab:blue", "fails": "tab:red", "inconclusive": "tab:gray"}
ERRORS, TIMES = 20.0, 100.0  # per cent either way
DARKEST = 1.5  # times the least error: what is worse looks the same
SHAPES = {
    "adam at 0.0001": "0.0001, too low", "adam at 0.001": "0.001", "adam at 0.01": "0.01",
    "adam at 0.1": "0.1, too high",
}  # fmt: skip


def draw_forest(judged: Sequence[Judged], path: Path) -> None:
    """Every claim that is measured in per cent, with its interval; the claimed side shaded."""
    errors = [one for one in judged if one.claim.metric not in ("ms", "si_sdr")]
    times = [one for one in judged if one.claim.metric == "ms"]
    sizes = [len(errors) + 2, len(times) + 2]
    figure = Figure(figsize=(11, 0.27 * sum(sizes) + 1), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=sizes)
    _draw_panel(upper, errors, ERRORS, "% of the rival's error")
    _draw_panel(lower, times, TIMES, "% of the rival's milliseconds a step")
    for name, colour in COLOURS.items():
        upper.plot([], [], color=colour, marker="o", label=name)
    upper.legend(loc="upper right", fontsize=8)
    figure.savefig(path, dpi=100)


def draw_rates(trials: Sequence[Trial], path: Path) -> None:
    """The loss by step at four rates of Adam: mean of the seeds, and each seed."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for place, (arm, label) in enumerate(SHAPES.items()):
        curves = [trial.curve for trial in trials if trial.arm == arm and trial.curve]
        if not curves:
            continue
        size = min(map(len, curves))
        share = 100 * (np.arange(size) + 0.5) / size
        for curve in curves:
            axes.plot(share, curve[:size], color=f"C{place}", alpha=0.25, linewidth=0.8)
        axes.plot(share, np.mean([c[:size] for c in curves], 0), color=f"C{place}", label=label)
    axes.set(xlabel="steps, %", ylabel="loss of the training batches (MSE)")
    if axes.get_lines():
        axes.legend(title="Adam, constant rate")
    figure.savefig(path, dpi=100)


def draw_optimisers(trials: Sequence[Trial], path: Path) -> None:
    """The held-out error of each optimiser at each of its rates, as a heat map."""
    values = _errors(trials)
    least = float(np.nanmin(values, initial=1))
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(values, cmap="Blues", aspect="auto", vmin=least, vmax=DARKEST * least)
    for row, rates in enumerate(RATES.values()):
        for column, rate in enumerate(rates):
            value = values[row, column]
            colour = "white" if value > (1 + DARKEST) / 2 * least else "black"
            text = f"{rate:g}\n{value:.4f}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(values.shape[1]), ["low rate", "a decade above", "two decades above"])
    axes.set_yticks(range(len(RATES)), list(RATES))
    figure.colorbar(image, label="held-out MSE of the gains", extend="max")
    figure.savefig(path, dpi=100)


def _errors(trials: Sequence[Trial]) -> npt.NDArray[np.float64]:
    """(optimisers, rates): mean held-out errors, NaN where there is none."""
    scores = scores_of(trials, "mse")
    found = [
        [scores.get(f"{name} at {rate:g}", {0: np.nan}) for rate in rates]
        for name, rates in RATES.items()
    ]
    return np.array([[fmean(one.values()) for one in row] for row in found])


def _draw_panel(axes: Axes, judged: Sequence[Judged], shown: float, unit: str) -> None:
    """A line a claim, the first on top, `shown` per cent either way."""
    for place, one in enumerate(judged):
        _draw_row(axes, place, one, shown)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(judged)), [_label(one) for one in judged], fontsize=8)
    axes.set(xlim=(-shown, shown), ylim=(len(judged) - 0.3, -0.7), xlabel=unit)


def _draw_row(axes: Axes, place: int, one: Judged, shown: float) -> None:
    """What lies further than `shown` is an arrow with its number."""
    claimed, measured, colour = one.claim.claimed, one.difference, COLOURS[one.verdict]
    left, right = (float(np.clip(end, -shown, shown)) for end in (claimed.low, claimed.high))
    axes.barh(place, right - left, left=left, height=0.8, color="black", alpha=0.06)
    if abs(measured.mean) > shown:
        side = float(np.sign(measured.mean))
        axes.plot(0.97 * side * shown, place, marker=">" if side > 0 else "<", color=colour)
        words, align = f"{measured.mean:+.0f} %", "right" if side > 0 else "left"
        axes.text(0.95 * side * shown, place, words, ha=align, va="center", fontsize=8)
        return
    axes.plot([measured.low, measured.high], [place, place], color=colour)
    axes.plot(measured.mean, place, marker="o", markersize=4, color=colour)


def _label(one: Judged) -> str:
    units = {"ms": "ms", "mae": "MAE", "learned mse": "MSE where it learned"}
    unit = units.get(one.claim.metric, "MSE")
    return f"{one.arm} against {one.rival}, {unit}"
