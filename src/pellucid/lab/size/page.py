"""The page: the answer first, then the ladder, and what pieces say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean

from pellucid.bench.table import table
from pellucid.lab.pieces import bounds
from pellucid.lab.size.geometry import ON_PLANE, ON_SEGMENT, PLANES, SEGMENTS
from pellucid.lab.size.outcome import (
    NEAR,
    Size,
    best,
    doubling,
    smallest_near_best,
    smallest_with_half,
)

Found = Mapping[int, Sequence[Size]]


def page(found: Found, data: str, command: str, machine: str) -> str:
    """Markdown; found: by steps, then by parameters. data: what they learned from."""
    longest = found[max(found)]
    head = f"# How small may the network be?\n\nMade by `{command}` on {machine}."
    figure = "![quality by parameters, multiplications and pieces](size.png)"
    tables = [f"After {steps:,} steps:\n\n{_table(sizes)}" for steps, sizes in found.items()]
    seeds = max(len(size.each) for size in longest)
    method = METHOD.format(data=data, seeds="one seed" if seeds == 1 else f"{seeds} seeds")
    parts = [head, *_answer(longest), *_longer(found), figure, *tables, _pieces(longest), method]
    return "\n\n".join(parts) + "\n"


def _answer(found: Sequence[Size]) -> list[str]:
    top, near, half = best(found), smallest_near_best(found), smallest_with_half(found)
    steps = f"{top.one.steps:,} steps"
    if top.gain <= 0:
        return [f"After {steps} no network of the ladder is better than bicubic."]
    return [
        f"**After {steps}**, the network that gains most has {top.parameters:,} parameters: "
        f"{top.gain:+.2f} dB over bicubic. {near.parameters:,} parameters come within {NEAR} dB "
        f"of it ({near.gain:+.2f} dB, {near.one.macs / 1e6:,.0f} million multiplications a "
        f"picture of 480x360), and {half.parameters:,} already have half of the gain "
        f"({half.gain:+.2f} dB).",
        *_doublings(found),
    ]


def _doublings(found: Sequence[Size]) -> list[str]:
    """What size buys, step by step up the ladder."""
    bought = [doubling(one, other) for one, other in pairwise(found)]
    if not bought:
        return []
    each = ", ".join(
        f"{gain:+.2f} up to {size.parameters:,}"
        for gain, size in zip(bought, found[1:], strict=True)
    )
    edge = (
        "The last still buys more than anybody overlooks: within this ladder the task sets no "
        "size, and what a call can afford does." if bought[-1] > NEAR else
        f"The last buys less than the {NEAR} dB that anybody sees."
    )  # fmt: skip
    return [f"What a doubling of the parameters buys, in dB: {each}. {edge}"]


def _longer(found: Found) -> list[str]:
    """What time buys, beside it."""
    if len(found) == 1:
        return ["Trainings were short, so read the curve as what a size can do at least."]
    short, long = min(found), max(found)
    pairs = [(one, other) for one in found[short] for other in found[long]
             if one.parameters == other.parameters]  # fmt: skip
    each = ", ".join(f"{other.gain - one.gain:+.2f} for {one.parameters:,}" for one, other in pairs)
    return [
        f"What {long:,} steps buy over {short:,}, in dB: {each}. So read the curve as what a size "
        "can do at least."
    ]


def _table(found: Sequence[Size]) -> str:
    groups = list(found[0].one.gains)
    heads = ["width x depth", "parameters", "MMAC", *(f"{group}, dB" for group in groups),
             "pieces, segment", "pieces, plane"]  # fmt: skip
    return table(heads, [_row(size, groups) for size in found])


def _row(size: Size, groups: Sequence[str]) -> list[str]:
    one = size.one
    row = [f"{one.width} x {one.depth}", f"{one.parameters:,}", f"{one.macs / 1e6:,.0f}"]
    row += [_spread(size.gains(group)) for group in groups]
    return [*row, f"{size.on_segments:,.0f}", f"{size.on_planes:,.0f}"]


def _spread(values: Sequence[float]) -> str:
    """The mean, and half of what lies between the least and the most."""
    half = f" ± {(values[-1] - values[0]) / 2:.3f}" if len(values) > 1 else ""
    return f"{fmean(values):+.3f}{half}"


def _pieces(found: Sequence[Size]) -> str:
    first, last = found[0], found[-1]
    rungs = [size.one.rung for size in (first, last)]
    most = float(bounds.serra([2, *rungs[1].units(ON_PLANE), 1]))
    units = [sum(rung.units(ON_SEGMENT)) for rung in rungs]
    return (
        "## What pieces say\n\n"
        f"Pieces are counted exactly (`pellucid.lab.pieces`): along {SEGMENTS} segments from one "
        f"held-out patch of {ON_SEGMENT}x{ON_SEGMENT} pixels to another, and on {PLANES} planes, "
        f"each the parallelogram on three patches of {ON_PLANE}x{ON_PLANE}. The largest network "
        f"has {last.on_planes:,.0f} pieces on a plane, where the bound allows {most:.0e}: theory "
        f"forbids nothing here. From the smallest network to the largest there are "
        f"{last.parameters / first.parameters:.0f} times the parameters, "
        f"{units[1] / units[0]:.0f} times the units and {last.on_segments / first.on_segments:.0f} "
        "times the pieces along a segment. No theorem says how many the task needs."
    )


METHOD = """\
## How it was measured

All networks are plain chains of 3x3 convolutions over grid cells of 2x2 pixels, without a gate,
trained from {seeds} on {data},
with the recipe's loss and rate, in floating point. Gains are means over held-out stills and the
held-out ends of clips; with several seeds, ± half of what lies between the least and the most. The
weights are those at the end, not the average that ships. Little data and short trainings:
differences of a few hundredths of a dB are chance."""
