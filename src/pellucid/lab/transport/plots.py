"""The figures of the transport experiment, one a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from pellucid.lab.transport.problem import BALL
from pellucid.lab.transport.solver import Solution
from pellucid.training.transport.arrays import Array

if TYPE_CHECKING:
    from pellucid.lab.transport.surfaces import Sampled

SHOWN = 6000  # points of a cloud
TURNED, TILTED = np.radians(35), np.radians(8)  # the surface as it is seen
ARROWS = 150


def draw_newton(solutions: Sequence[Solution]) -> Figure:
    """Cells of the first solution with lines to their atoms, and how fast all were found."""
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    first = solutions[0]
    left.add_collection(LineCollection(list(first.diagram.ends), colors="tab:blue", linewidths=0.6))
    ways = np.stack([first.diagram.centres, first.problem.atoms], 1)
    left.add_collection(LineCollection(list(ways), colors="tab:orange", linewidths=0.6))
    left.plot(*first.problem.atoms.T, ".", color="black", markersize=3)
    left.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[],
             title=f"cells of equal area, {len(ways)} atoms")  # fmt: skip
    for one in solutions:
        right.semilogy(one.residuals, marker="o", label=f"{len(one.problem.atoms)} atoms")
    right.set(xlabel="Newton steps", ylabel="largest relative error of a cell's area")
    right.legend()
    return figure


def draw_rates(rates: Sequence[float], rows: Sequence[Mapping[str, Any]]) -> Figure:
    """The held-out residual by step size, a line a dimension."""
    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    axes = figure.subplots()
    for row in rows:
        axes.loglog(rates, row["residuals"], marker="o", label=f"{row['dimension']} dimensions")
    floor = rows[0]["floor"]
    axes.axhline(floor, color="black", linestyle=":", label="exact heights, same count")
    axes.set(xlabel="Adam's step, in spreads of the planes' heights", ylabel="held-out residual")
    axes.legend()
    return figure


def draw_potential(solution: Solution) -> Figure:
    """Kantorovich's potential, and from some points the way down its slope to an atom."""
    figure = Figure(figsize=(5.6, 4.6), layout="constrained")
    axes = figure.subplots()
    side = (np.arange(200) + 0.5) / 200
    grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    values = solution.potential.kantorovich(grid).reshape(200, 200)
    image = axes.imshow(values, origin="lower", extent=(0, 1, 0, 1), cmap="viridis")
    points = solution.problem.domain.draw(np.random.default_rng(0), ARROWS)
    ways = solution.potential.transport(points) - points
    axes.quiver(*points.T, *ways.T, angles="xy", scale_units="xy", scale=1, color="white",
                width=0.003)  # fmt: skip
    axes.plot(*solution.problem.atoms.T, ".", color="tab:orange", markersize=1.5)
    axes.set(xticks=[], yticks=[], title="φ, and x − ∇φ(x) from some points")
    figure.colorbar(image)
    return figure


def draw_tears(
    edges: Array,
    angles: Array,
    bridged: Array,
    rows: Mapping[str, Sequence[Mapping[str, float]]],
    apart: float,
) -> Figure:
    """The ridges of u by angle, what a map across them makes, and what the widest angle changes."""
    figure = Figure(figsize=(12, 3.9), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    lines = LineCollection(list(edges), array=angles, cmap="magma_r", norm=LogNorm(0.005, 0.3))
    left.add_collection(lines)
    left.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[], title="ridges of u")
    figure.colorbar(lines, ax=left, label="dihedral angle, radians")
    middle.plot(*bridged.T, ".", markersize=1.5)
    turn = np.linspace(0, 2 * np.pi, 100)
    for side in (-1, 1):
        middle.plot(0.5 + side * apart / 2 + BALL * np.cos(turn), 0.5 + BALL * np.sin(turn),
                    color="tab:orange", linewidth=1)  # fmt: skip
    middle.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[],
               title="new codes, all ridges bridged")  # fmt: skip
    for place, (dimension, some) in enumerate(rows.items()):
        widest = [row["widest"] for row in some]
        for key, style, words in (("new", "-", "new codes"), ("off", "--", "off the data")):
            shares = [100 * row[key] for row in some]
            right.semilogx(widest, shares, style, marker="o", markersize=3, color=f"C{place}",
                           label=f"{words}, {dimension}-D")  # fmt: skip
    right.set(xlabel="widest angle that is bridged, radians", ylabel="% of the points")
    right.legend(fontsize=8)
    return figure


def draw_surface(sampled: Sampled) -> Figure:
    """The disk, and points that are uniform there on the surface, without and with the map."""
    figure = Figure(figsize=(12, 4), layout="constrained")
    left, *others = figure.subplots(1, 3)
    surface, numbers = sampled.surface, sampled.numbers
    left.triplot(*surface.flat.T, surface.triangles, linewidth=0.3)
    left.set(aspect="equal", xticks=[], yticks=[], title="the surface unrolled: its head is inside")
    for axes, words, places in zip(
        others, ("without", "with"), (sampled.places, sampled.moved), strict=True
    ):
        found = numbers[words]
        _draw_cloud(axes, surface.lift(places[:SHOWN]))
        axes.set_title(f"{words} transport: CV {found['variation']:.3f},\n"
                       f"head {100 * found['head']:.1f} % of the points, "
                       f"{100 * numbers['head area']:.1f} % of the area", fontsize=10)  # fmt: skip
    return figure


def draw_networks(
    sampled: Sampled, rows: Sequence[Mapping[str, Any]], clouds: Mapping[str, Array]
) -> Figure:
    """The first seed's points, a panel for each way."""
    figure = Figure(figsize=(4 * len(clouds), 3.8), layout="constrained")
    for axes, (way, cloud) in zip(figure.subplots(1, len(clouds)), clouds.items(), strict=True):
        _draw_cloud(axes, cloud[:SHOWN])
        first = next(row for row in rows if row["way"] == way)
        head, off = 100 * first["head"], first["distance"]
        words = f"CV {first['variation']:.3f}, head {head:.1f} %, {off:.3f} off"
        axes.set_title(f"{way}:\n{words}", fontsize=10)
    return figure


def _draw_cloud(axes: Axes, points: Array) -> None:
    """From the front, turned and from a little above."""
    x, y, z = points.T
    across = x * np.cos(TURNED) + y * np.sin(TURNED)
    towards = y * np.cos(TURNED) - x * np.sin(TURNED)
    upwards = z * np.cos(TILTED) + towards * np.sin(TILTED)
    axes.scatter(across, upwards, s=1, c=towards, cmap="viridis", linewidths=0)
    axes.set(aspect="equal", xticks=[], yticks=[], xlim=(-1.2, 1.2), ylim=(-0.75, 1.15))
