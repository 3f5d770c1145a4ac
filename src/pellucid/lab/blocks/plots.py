"""The figure: MACs against milliseconds, for blocks and kernels; and quality, where it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pellucid.lab.blocks.outcome import Measured, Run
from pellucid.training.nets.light import FOLDING

DPI = 80


def draw(run: Run, gains: Mapping[str, float], path: Path, command: str) -> None:
    """gains: dB over bicubic by block, of those that were trained."""
    figure = Figure(figsize=(14, 4.5), layout="constrained")
    blocks, windows, quality = figure.subplots(1, 3)
    _against(blocks, run.blocks, "blocks")
    _against(windows, run.windows, "kernels, 32 channels, 240x180")
    _quality(quality, run, gains)
    figure.savefig(path, dpi=DPI, metadata={"Description": command})


def _against(axes: Axes, found: Sequence[Measured], title: str) -> None:
    first = found[0]
    most = max(one.macs for one in found) / 1e6
    slope = first.milliseconds / (first.macs / 1e6)
    axes.plot([0, most], [0, slope * most], ":", color="grey", label=f"as fast as {first.name}")
    for one in found:
        axes.plot(one.macs / 1e6, one.milliseconds, "o", color="C0")
        _name(axes, one.name, one.macs / 1e6, one.milliseconds)
    axes.set(xlabel="million MACs", ylabel="ms, one thread", title=title)
    axes.legend(fontsize=8)


def _quality(axes: Axes, run: Run, gains: Mapping[str, float]) -> None:
    times = {one.name: one.milliseconds for one in run.blocks}
    times |= dict.fromkeys(FOLDING, times["plain"])
    for block, gain in gains.items():
        axes.plot(times[block], gain, "o", color="C1" if block in FOLDING else "C0")
        _name(axes, block, times[block], gain)
    axes.set(xlabel="ms, one thread", ylabel="PSNR above bicubic, dB", title="held-out clips")


def _name(axes: Axes, name: str, x: float, y: float) -> None:
    axes.annotate(name, (x, y), xytext=(4, 3), textcoords="offset points", fontsize=8)
