"""The page: each figure with what theory says of it, what was counted, and what neither tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from statistics import fmean

from pellucid.lab.pieces import bounds, curves
from pellucid.lab.pieces.encode import along
from pellucid.lab.pieces.geometry import Array
from pellucid.lab.pieces.tasks import HALF, PATCH, Effort, Found, forbidden, named

PERIODS = 10  # of the slalom


def page(found: Mapping[str, Sequence[Found]], effort: Effort, command: str, machine: str) -> str:
    """Markdown."""
    seeds = "seed 1" if effort.seeds == 1 else f"seeds 1 to {effort.seeds}"
    head = (
        "# How many linear pieces?\n\nA network of ReLUs is an affine map on each of many pieces "
        "of its inputs. This page counts them, exactly, beside what theory says of their number. A "
        "*region* is where each ReLU passes or blocks; a *piece* is a maximal connected set on "
        "which the network is one affine map (Lei, Luo, Yau and Gu 2018, definition 4.2), so it "
        "may be several regions.\n\n"
        f"Made by `{command}` ({seeds}) on {machine}. `--only` makes one part; the figures carry "
        "the command too. `pieces.jsonl` holds every number."
    )
    parts = [SECTIONS[part](found[part]) for part in SECTIONS if part in found]
    return "\n\n".join([head, *parts, METHOD]) + "\n"


def counts(rows: Sequence[Found]) -> str:
    """Random and folded networks beside the bounds."""
    random = [row for row in rows if "seed" in row]
    lines = [
        f"## Counts beside bounds\n\nRandom networks in the square of side {2 * HALF:g} around 0, "
        "means over the seeds; the last column is along the diagonal.\n\n"
        "![counts](pieces-counts.png)\n",
        "| widths | pieces | regions | Lei, thm 4.5 | Montúfar 2017 | Serra 2018 | units²/2 | "
        "seconds | diagonal |",
        "|---" * 9 + "|",
        *_count_lines(random),
    ]
    lines += ["", *_folded([row for row in rows if "seed" not in row])]
    if random:
        worst = max(row["area off"] for row in random)
        lines += [f"\nThe regions' areas add up to the square's, off by {worst:.0e} of it at most."]
    return "\n".join([*lines, COUNTS])


def _count_lines(rows: Sequence[Found]) -> Iterator[str]:
    for widths, group in groupby(rows, key=lambda row: tuple(row["widths"])):
        own = list(group)
        mean = {key: fmean(r[key] for r in own)
                for key in ("pieces", "regions", "seconds", "diagonal")}  # fmt: skip
        limits = [_number(bound(widths)) for bound in (bounds.lei, bounds.montufar, bounds.serra)]
        cells = [
            named(widths), f"{mean['pieces']:,.0f}", f"{mean['regions']:,.0f}", *limits,
            f"{bounds.typical(widths):,.0f}", f"{mean['seconds']:.2f}", f"{mean['diagonal']:.0f}",
        ]  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _folded(rows: Sequence[Found]) -> Iterator[str]:
    if rows:
        told = ", ".join(f"{named(row['widths'])}: {row['pieces']:,}" for row in rows)
        yield f"Networks made to fold the square (Montúfar et al. 2014): {told}."


def slices(rows: Sequence[Found]) -> str:
    """Convolutional networks on planes and along segments."""
    lines = [
        f"## Slices of convolutional networks\n\nRandom 3x3 convolutions on {PATCH}x{PATCH} "
        "pixels: on the plane through three soft pictures, and from one of them to another.\n\n"
        "![slices](pieces-slices.png)\n",
        "| channels x layers | units | pieces on the plane | Serra, plane | units²/2 | "
        "pieces on the segment | Serra, segment |",
        "|---" * 7 + "|",
    ]
    for (channels, layers), group in groupby(rows, key=lambda r: (r["channels"], r["layers"])):
        own = list(group)
        plane, segment = (fmean(row[key] for row in own) for key in ("pieces", "segment"))
        on_plane, on_segment = [2, *own[0]["units"], 1], [1, *own[0]["units"], 1]
        cells = [
            f"{channels} x {layers}", str(sum(own[0]["units"])), f"{plane:,.0f}",
            _number(bounds.serra(on_plane)), f"{bounds.typical(on_plane):,.0f}", f"{segment:.0f}",
            _number(bounds.serra(on_segment)),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, SLICES])


def fits(rows: Sequence[Found]) -> str:
    """Autoencoders of the half circle."""
    lines = [
        "## A half circle by few pieces\n\n![fits](pieces-fits.png)\n",
        "| pieces asked for | pieces made | RMS error | least possible |\n|---|---|---|---|",
        *(f"| {r['asked']} | {r['pieces']} | {r['error']:.4f} | {r['floor']:.4f} |" for r in rows),
    ]
    return "\n".join([*lines, FITS])


def cells(rows: Sequence[Found]) -> str:
    """The autoencoder whose cells are drawn."""
    row = rows[0]
    does = "It encodes the curve" if not row["turns_back"] else (
        f"It does not quite encode the curve: on its way it changes {row['turns_back']} times "
        "between rising and falling"
    )  # fmt: skip
    needed = curves.arcs_needed(curves.spiral(1))
    return (
        "## The cells of an encoder and a decoder\n\n![cells](pieces-cells.png)\n\nA spiral of one "
        f"turn, through one number and back. The encoder is affine on {row['arcs']} arcs of the "
        f"curve, where at least {needed} are needed. {does}. A piece of the plane is where encoder "
        "and decoder together are affine; most pieces never meet the curve, and what the network "
        "does there nobody asked."
    )


def encoded(rows: Sequence[Found]) -> str:
    """Which curves were encoded, and the theorems."""
    slalom = along(lambda x: x[:, 1:] - x[:, :1].relu(), curves.slalom(PERIODS))
    least = [one["arcs"] - curves.arcs_needed(_curve(row["curve"], one["size"]))
             for row in rows for one in row["rows"] if not one["turns_back"]]  # fmt: skip
    banned = [(row, one) for row in rows for one in row["rows"]
              if forbidden(row["curve"], row["widths"], one["size"])]  # fmt: skip
    broken = sum(not one["turns_back"] for _, one in banned)
    kept = f"the closest had {min(least)} arcs more than needed" if least else "none did"
    return CURVES.format(
        arcs=_needs(), slalom_needed=curves.arcs_needed(curves.slalom(PERIODS)), periods=PERIODS,
        turns=slalom.turns_back, banned=len(banned), broken=broken, encoders=len(least), kept=kept,
    )  # fmt: skip


def _needs() -> str:
    head = "| curve | arcs needed | regions needed | units needed in one hidden layer |\n"
    head += "|---" * 4 + "|\n"
    spirals = [
        f"| spiral, {turns} turns | {curves.arcs_needed(curves.spiral(turns))} | "
        f"{curves.spiral_regions_needed(turns)} | |" for turns in (2, 4, 8, 16, 64)
    ]  # fmt: skip
    hilberts = [
        f"| Hilbert, level {level} | {curves.arcs_needed(curves.hilbert(level)):,} | "
        f"| {curves.hilbert_units_needed(level)} |" for level in (2, 4, 6)
    ]  # fmt: skip
    return head + "\n".join([*spirals, *hilberts])


def _curve(name: str, size: float) -> Array:
    return curves.spiral(size) if name == "spiral" else curves.hilbert(int(size))


def _number(value: int) -> str:
    return f"{value:,}" if value < 10**7 else f"{float(value):.1e}"


SECTIONS: dict[str, Callable[[Sequence[Found]], str]] = {
    "counts": counts, "slices": slices, "fits": fits, "cells": cells, "curves": encoded,
}  # fmt: skip

COUNTS = """
What theory says: no weights have more pieces than the bounds. What it does not say: that the
weights one has come anywhere near. Theorem 4.5 of Lei et al. is never wrong and soon says nothing:
its factors take each layer's input as free, so that it multiplies dimensions that two inputs do not
have; its last factor is for an output layer without a ReLU. Montúfar and Serra know that the plane
stays a plane, and are exact for one layer whose lines all cross in the square; with more layers
they multiply where random networks add. What random networks have is near half the square of the
number of units, however they are spread over layers (Hanin and Rolnick 2019), and along a line it
is near the number of units; a constant that depends on the square is left out of that estimate.
Depth can multiply, as the folded networks show, whose weights nobody would draw."""

SLICES = """
A slice through a network is a network of two inputs (or one), so the same bounds hold, with every
pixel of every channel as a unit. They are trivial from the second layer on. The estimate is of the
right order only, because the plane's part that is looked at does not meet every unit's bend."""

FITS = """
An autoencoder 2-8-1-n-2 whose decoder begins as the polyline through evenly spaced points. No
polyline of n equal pieces comes nearer to the half circle than the last column: its pieces lie at
the mean of the cosine over what they see, sin(b) / b with b = 90° / n. Training finds what is near
the best; a piece more than asked for is an end that the first unit, too, cuts off."""

CURVES = """\
## Curves that a network cannot encode

![curves](pieces-curves.png)

Blue: so many of the trainings encoded the curve, told exactly, bend by bend. Red: none did; the
fewest times that one turned back on its way. Black: theory says that none can.

A map encodes a curve if the curve can be had back from its values: along an arc, if it rises all
the way. Lei et al. bound this from below by the charts of an atlas, N(R², curve) <= N(map)
(theorem 4.12), and conclude that each network fails on some curve, with a Peano curve (theorem
4.14). Taken exactly, what a chart is decides whether that follows:

- *Connected charts*, arcs that an affine map makes straight: that many the curve needs (first
  column). Along the curve the theorem holds: an encoder is affine on at least so many arcs. But a
  piece of the plane may hold many arcs. A slalom of {periods} equal periods needs {slalom_needed}
  arcs, and y - max(x, 0), which has two pieces, encodes it: it turns back {turns} times. Read so,
  theorem 4.12 is wrong, by any factor.
- *Charts of many parts*, one for each piece: then the theorem holds, but a Peano curve in a grid
  needs two charts only: all level edges, projected along a direction that is nearly level, do not
  overlap, and neither do all upright ones. Read so, theorem 4.14 does not follow from it.

Theorem 4.14 is true all the same: an affine map that rises along arcs rises in all their
directions, and one of a network's convex regions in the square holds a disc, within which a fine
enough Hilbert curve runs up, down, left and right. In this way we get two bounds (the other
columns; proofs in `lab/pieces/curves.py`): an encoder of a spiral has regions like the square root
of its turns, and one with a single hidden layer has units like the side of a Hilbert curve's grid.

{arcs}

{banned} of the trainings above were of networks that these bounds forbid, and {broken} of them
encoded their curve. {encoders} trainings of the others encoded theirs; {kept}. Most failures lie
far below any bound: what training misses there says nothing of what weights could do."""

METHOD = """\
## How it was counted

The slice is cut layer by layer: on a cell that is left by all layers before, each unit is affine,
so where it bends is a line, and lines cut convex cells into convex cells. Nothing is sampled. On
tiny networks the counts equal those of brute force, every pattern of passing and blocking tried by
linear programming (`tests/lab/test_pieces.py`). Neighbours are merged where their affine maps
differ by less than 1e-9 of the largest value; sets that touch in a single point count as two.

`pellucid.lab.pieces.solver.subdivide` does this for any network of torch that bends by ReLU alone,
on a `Plane` or along a `Segment` of its inputs; what bends otherwise is refused. Encoders learn to
tell how far along the curve a point lies (Adam, half a cosine, 512 points), which every encoder
tells but for a stretching of the line."""
