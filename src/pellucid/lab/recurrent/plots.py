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

COLOURS = {"holds": "tab:green", "fails": "tab:red", "inconclusive": "tab:gray"}
SHOWN = 40.0  # per cent either way; what lies further is drawn as an arrow
DARKEST = 1.5  # times the least error: what is worse looks the same
SHAPES = {
    "adam at 0.0001": "0.0001, too low", "adam at 0.001": "0.001", "adam at 0.01": "0.01",
    "adam at 0.1": "0.1, too high",
}  # fmt: skip


def draw_forest(judged: Sequence[Judged], path: Path) -> None:
    """Every claim that is measured in per cent, with its interval; the claimed side shaded."""
    rows = [one for one in judged if one.claim.metric != "si_sdr"][::-1]
    figure = Figure(figsize=(11, 1 + 0.27 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for place, one in enumerate(rows):
        _draw_row(axes, place, one)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [_label(one) for one in rows], fontsize=8)
    axes.set(xlim=(-SHOWN, SHOWN), ylim=(-0.7, len(rows) - 0.3))
    axes.set_xlabel("difference to the rival, % (of its error, or of its milliseconds a step)")
    for name, colour in COLOURS.items():
        axes.plot([], [], color=colour, marker="o", label=name)
    axes.legend(loc="upper right", fontsize=8)
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


def _draw_row(axes: Axes, place: int, one: Judged) -> None:
    claimed, measured, colour = one.claim.claimed, one.difference, COLOURS[one.verdict]
    left, right = (float(np.clip(end, -SHOWN, SHOWN)) for end in (claimed.low, claimed.high))
    axes.barh(place, right - left, left=left, height=0.8, color="tab:blue", alpha=0.08)
    if abs(measured.mean) > SHOWN:
        side = float(np.sign(measured.mean))
        axes.plot(0.97 * side * SHOWN, place, marker=">" if side > 0 else "<", color=colour)
        words, align = f"{measured.mean:+.0f} %  ", "right" if side > 0 else "left"
        axes.text(0.95 * side * SHOWN, place, words, ha=align, va="center", fontsize=8)
        return
    axes.plot([measured.low, measured.high], [place, place], color=colour)
    axes.plot(measured.mean, place, marker="o", markersize=4, color=colour)


def _label(one: Judged) -> str:
    unit = {"ms": "ms", "mae": "MAE", "learned mse": "MSE where it learned"}.get(
        one.claim.metric, "MSE"
    )
    return f"{one.arm} against {one.rival}, {unit}"
