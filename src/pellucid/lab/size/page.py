"""The page: the answer first, then the ladder, and what pieces say of it."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.lab.pieces import bounds
from pellucid.lab.size.geometry import ON_PLANE, ON_SEGMENT, PLANES, SEGMENTS
from pellucid.lab.size.outcome import NEAR, Measured, best, smallest_near_best, smallest_with_half
from pellucid.lab.size.problem import Rung


def page(found: Sequence[Measured], data: str, command: str, machine: str) -> str:
    """Markdown; found: by rising parameters. data: what they learned from."""
    head = f"# How small may the network be?\n\nMade by `{command}` on {machine}."
    figure = "![quality by parameters, multiplications and pieces](size.png)"
    return (
        "\n\n".join(
            [head, _answer(found), figure, _table(found), _pieces(found), METHOD.format(data=data)]
        )
        + "\n"
    )


def _answer(found: Sequence[Measured]) -> str:
    top, near, half = best(found), smallest_near_best(found), smallest_with_half(found)
    steps = " and ".join(f"{count:,}" for count in sorted({one.steps for one in found}))
    if top.gain <= 0:
        return f"After {steps} steps no network of the ladder is better than bicubic."
    edge = (
        "The smallest that is good enough is the largest that was tried: the ladder does not end "
        "the question." if near.parameters == max(one.parameters for one in found) else
        "Beyond that, size buys less than anybody sees."
    )  # fmt: skip
    return (
        f"**For a training of {steps} steps**, the network that gains most has {top.parameters:,} "
        f"parameters: {top.gain:+.2f} dB over bicubic. {near.parameters:,} parameters come within "
        f"{NEAR} dB of it ({near.gain:+.2f} dB, {near.macs / 1e6:,.0f} million multiplications a "
        f"picture of 480x360), and {half.parameters:,} already have half of the gain "
        f"({half.gain:+.2f} dB). {edge} Trainings were short, so read the curve as what a "
        "size can do at least."
    )


def _table(found: Sequence[Measured]) -> str:
    groups = list(found[0].gains)
    cells = ["width x depth", "parameters", "MMAC", *(f"{group}, dB" for group in groups),
             "pieces, segment", "pieces, plane"]  # fmt: skip
    lines = [f"| {' | '.join(cells)} |", "|---" * len(cells) + "|"]
    for one in found:
        row = [f"{one.width} x {one.depth}", f"{one.parameters:,}", f"{one.macs / 1e6:,.0f}"]
        row += [f"{one.gains[group]:+.3f}" for group in groups]
        row += [f"{one.on_segments:,.0f}", f"{one.on_planes:,.0f}"]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def _pieces(found: Sequence[Measured]) -> str:
    first, last = found[0], found[-1]
    rungs = [Rung(one.width, one.depth, one.steps) for one in (first, last)]
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
trained from one seed on {data},
with the recipe's loss and rate, in floating point. Gains are means over held-out stills and the
held-out ends of clips. The weights are those at the end, not the average that ships. One seed,
little data and short trainings: differences of a few hundredths of a dB are chance."""
