"""The figure: quality by parameters, by multiplications and by linear pieces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pellucid.lab.pieces import bounds
from pellucid.lab.size.geometry import ON_PLANE, ON_SEGMENT
from pellucid.lab.size.outcome import Measured
from pellucid.lab.size.problem import Rung

DPI = 80


def draw(found: Sequence[Measured], path: Path, command: str) -> None:
    """Four panels; the last has the pieces beside their bounds."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    (parameters, macs), (pieces, counted) = figure.subplots(2, 2)
    _curve(parameters, found, [one.parameters for one in found], "parameters")
    _curve(macs, found, [one.macs / 1e6 for one in found], "million multiplications, 480x360")
    _curve(pieces, found, [one.on_segments for one in found], "pieces between two patches")
    _bounds(counted, found)
    figure.savefig(path, dpi=DPI, metadata={"Description": command})


def _curve(axes: Axes, found: Sequence[Measured], places: Sequence[float], name: str) -> None:
    for group in found[0].gains:
        axes.plot(places, [one.gains[group] for one in found], "o-", label=group)
    axes.set(xscale="log", xlabel=name, ylabel="PSNR above bicubic, dB")
    axes.legend(title="held out", fontsize=8)


def _bounds(axes: Axes, found: Sequence[Measured]) -> None:
    places = [one.parameters for one in found]
    rungs = [Rung(one.width, one.depth, one.steps) for one in found]
    sides = ((1, ON_SEGMENT, "segments"), (2, ON_PLANE, "planes"))
    for colour, (dimension, side, name) in zip(("C0", "C1"), sides, strict=True):
        own = [one.on_segments if dimension == 1 else one.on_planes for one in found]
        widths = [[dimension, *rung.units(side), 1] for rung in rungs]
        axes.plot(places, own, "o-", color=colour, label=f"{name}: counted")
        typical = [bounds.typical(one) for one in widths]
        axes.plot(places, typical, "x:", color=colour, label=f"{name}: Hanin, Rolnick")
        most = [float(bounds.serra(one)) for one in widths]
        axes.plot(places, most, "--", color=colour, label=f"{name}: Serra's bound")
    axes.set(xscale="log", yscale="log", xlabel="parameters", ylabel="linear pieces")
    axes.legend(fontsize=8)
