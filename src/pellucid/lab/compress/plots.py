"""The figure: bytes against quality, and what each stage of the pipeline leaves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pellucid.lab.compress.arms import GROUPS
from pellucid.lab.compress.outcome import Measured, by_arm, clips, stages

DPI = 80


def draw(found: Sequence[Measured], path: Path, command: str) -> None:
    """Two panels; the second only where the pipeline is done."""
    figure = Figure(figsize=(12, 5.5), layout="constrained")
    plane, bars = figure.subplots(1, 2, width_ratios=(3, 2))
    _plane(plane, found)
    _bars(bars, found)
    figure.savefig(path, dpi=DPI, metadata={"Description": command})


def _plane(axes: Axes, found: Sequence[Measured]) -> None:
    for number, (group, arms) in enumerate(GROUPS.items()):
        own = [one for one in found if one.arm in arms]
        if own:
            places, heights = [one.bytes for one in own], [clips(one) for one in own]
            axes.scatter(places, heights, color=f"C{number}", label=group)
            for one in own:
                axes.annotate(one.arm, (one.bytes, clips(one)), fontsize=7, xytext=(4, 3),
                              textcoords="offset points")  # fmt: skip
    axes.set(xscale="log", xlabel="bytes of the smallest file", ylabel="PSNR above bicubic, dB")
    axes.legend(title="held-out clips", fontsize=8)


def _bars(axes: Axes, found: Sequence[Measured]) -> None:
    told = stages(by_arm(found))
    names = [name for name, _, _ in told]
    axes.barh(names, [size for _, size, _ in told], color="C0")
    for place, (_, size, gain) in enumerate(told):
        axes.annotate(f" {size:,}, {gain:+.2f} dB", (size, place), va="center", fontsize=8)
    axes.set(xscale="log", xlabel="bytes, stage by stage")
    axes.invert_yaxis()
    if told:
        axes.set_xlim(right=8 * max(size for _, size, _ in told))
