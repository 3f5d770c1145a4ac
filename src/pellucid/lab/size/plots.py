"""The figure: quality by parameters, by multiplications and by linear pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pellucid.lab.pieces import bounds
from pellucid.lab.size.geometry import ON_PLANE, ON_SEGMENT
from pellucid.lab.size.outcome import Size

DPI = 80
STYLES, COLOURS = ("o:", "o-", "x--", "x-."), ("C0", "C1")


def draw(found: Mapping[int, Sequence[Size]], path: Path, command: str) -> None:
    """Four panels, each length of training a line; the last has the pieces beside their bounds."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    (parameters, macs), (pieces, counted) = figure.subplots(2, 2)
    _curves(parameters, found, lambda size: size.parameters, "parameters")
    _curves(macs, found, lambda size: size.one.macs / 1e6, "million multiplications, 480x360")
    _curves(pieces, found, lambda size: size.on_segments, "pieces between two patches")
    _bounds(counted, found[max(found)])
    figure.savefig(path, dpi=DPI, metadata={"Description": command})


def _curves(
    axes: Axes, found: Mapping[int, Sequence[Size]], place: Callable[[Size], float], name: str
) -> None:
    """Means over the seeds, and from the least seed to the most."""
    for style, (steps, sizes) in zip(cycle(STYLES), found.items(), strict=False):
        places = [place(size) for size in sizes]
        for colour, group in zip(cycle(COLOURS), sizes[0].one.gains, strict=False):
            gains = [size.gains(group) for size in sizes]
            label, means = f"{group}, {steps:,} steps", [fmean(each) for each in gains]
            axes.plot(places, means, style, color=colour, label=label)
            least, most = [each[0] for each in gains], [each[-1] for each in gains]
            axes.fill_between(places, least, most, color=colour, alpha=0.15, linewidth=0)
    axes.set(xscale="log", xlabel=name, ylabel="PSNR above bicubic, dB")
    axes.legend(title="held out", fontsize=8)


def _bounds(axes: Axes, found: Sequence[Size]) -> None:
    places = [size.parameters for size in found]
    rungs = [size.one.rung for size in found]
    sides = ((1, ON_SEGMENT, "segments"), (2, ON_PLANE, "planes"))
    for colour, (dimension, side, name) in zip(("C0", "C1"), sides, strict=True):
        own = [size.on_segments if dimension == 1 else size.on_planes for size in found]
        widths = [[dimension, *rung.units(side), 1] for rung in rungs]
        axes.plot(places, own, "o-", color=colour, label=f"{name}: counted")
        typical = [bounds.typical(one) for one in widths]
        axes.plot(places, typical, "x:", color=colour, label=f"{name}: Hanin, Rolnick")
        most = [float(bounds.serra(one)) for one in widths]
        axes.plot(places, most, "--", color=colour, label=f"{name}: Serra's bound")
    axes.set(xscale="log", yscale="log", xlabel="parameters", ylabel="linear pieces")
    axes.legend(fontsize=8)
