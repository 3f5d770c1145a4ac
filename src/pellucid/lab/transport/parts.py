"""What the experiment consists of: each part makes its numbers and its figure from a seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from pellucid.errors import RecipeError
from pellucid.lab.transport import plots
from pellucid.lab.transport.extension import extension_of, ridges
from pellucid.lab.transport.geometry import square
from pellucid.lab.transport.outcome import gradients, off_and_new
from pellucid.lab.transport.problem import balls, ring, uniform
from pellucid.lab.transport.solver import solve
from pellucid.lab.transport.surfaces import compare_maps, sample_surface
from pellucid.training.transport import semidiscrete
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.blending import blend
from pellucid.training.transport.brenier import Potential

Tick = Callable[[float], None]  # hears how much of a part is done, 0..1
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
DIMENSIONS = (2, 8, 32)
SMALLER, LARGER = 4, 3  # times fewer and more atoms, beside those that are asked for
MONTE_CARLO = 4  # times fewer atoms and steps where cells are counted
PROBED = 2000  # points at which gradients are taken
APART = {2: 0.5, 8: 1.0}  # the balls' centres
WIDEST = {2: (0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.2, np.pi),
          8: (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, np.pi)}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """atoms: of the exact maps. vertices: of the surface. points: drawn to judge by.

    steps: of Adam, for each network. seeds: trainings of each map. Raises RecipeError for numbers
    that leave nothing to measure.
    """

    atoms: int = 1000
    vertices: int = 1500
    points: int = 50_000
    steps: int = 1000
    seeds: int = 5

    def __post_init__(self) -> None:
        """Refuse what is too little."""
        least = {"atoms": 40, "vertices": 100, "points": 1000, "steps": 4, "seeds": 2}
        for name, number in vars(self).items():
            if number < least[name]:
                raise RecipeError(f"{name}: expected {least[name]} or more, got {number}")


@dataclass(frozen=True, eq=False)
class Made:
    """numbers: what JSON takes. figure: not yet on disk."""

    numbers: dict[str, Any]
    figure: Figure


def newton(size: Size, seed: int, tick: Tick) -> Made:
    """Exact maps to a ring, a quarter of the atoms, all of them, and three times as many."""
    rows, solutions = [], []
    for count in (size.atoms // SMALLER, size.atoms, LARGER * size.atoms):
        problem = uniform(square(), ring(np.random.default_rng(seed), count))
        wall, own = time.perf_counter(), time.process_time()
        solutions.append(solve(problem))
        rows.append({
            "atoms": count, "steps": len(solutions[-1].residuals) - 1,
            "seconds": time.perf_counter() - wall, "cpu seconds": time.process_time() - own,
            "residual": solutions[-1].residuals[-1], "cost": solutions[-1].cost,
        })  # fmt: skip
        tick(len(rows) / 3)
    return Made({"rows": rows}, plots.draw_newton(solutions))


def rates(size: Size, seed: int, tick: Tick) -> Made:
    """Monte Carlo and Adam: the held-out residual by step size, in 2, 8 and 32 dimensions."""
    count, rows = size.atoms // MONTE_CARLO, []
    settings = semidiscrete.Settings(rates=RATES, steps=max(size.steps // MONTE_CARLO, 1))
    for dimension in DIMENSIONS:
        rows.append(_rates_in(dimension, count, settings, seed))
        tick(len(rows) / len(DIMENSIONS))
    return Made({"atoms": count, "rates": list(RATES), "rows": rows}, plots.draw_rates(RATES, rows))


def _rates_in(
    dimension: int, count: int, settings: semidiscrete.Settings, seed: int
) -> dict[str, Any]:
    """In the plane: the square to the ring, beside the exact heights. Else normal to normal."""
    rng, shares = np.random.default_rng(seed), np.full(count, 1 / count)
    flat = dimension == 2
    atoms = ring(rng, count) if flat else 0.3 * rng.standard_normal((count, dimension))
    sample = semidiscrete.cube(2) if flat else semidiscrete.normal(dimension)
    found = semidiscrete.estimate(atoms, shares, sample, rng, settings)
    row = {"dimension": dimension, "residuals": [found.residuals[rate] for rate in RATES],
           "best": found.rate, "floor": found.floor}  # fmt: skip
    if flat:
        exact = solve(uniform(square(), atoms)).potential
        row["exact"] = semidiscrete.residual(exact, shares, sample(rng, settings.held_out))
        row["heights"] = float(np.abs(found.potential.heights - exact.heights).max())
    return row


def potential(size: Size, seed: int, tick: Tick) -> Made:
    """T = x - ∇φ by finite differences, duality, and the same with Wasserstein's other cost."""
    rng = np.random.default_rng(seed)
    solution = solve(uniform(square(), ring(rng, size.atoms)))
    tick(0.2)
    points = solution.problem.domain.draw(rng, PROBED)
    numbers: dict[str, Any] = {"exact": gradients(solution.potential, points)}
    areas, moments = solution.diagram.areas, solution.diagram.moments
    own = (moments * solution.problem.atoms).sum(1) + areas * solution.potential.heights
    dual = solution.diagram.squares.sum() / 2 - own.sum()
    dual += (solution.problem.shares * solution.potential.partner()).sum()
    numbers["cost"], numbers["gap"] = solution.cost, float(abs(solution.cost - dual))
    count = size.atoms // MONTE_CARLO
    atoms, shares = balls(rng, count, 8, APART[8]), np.full(count, 1 / count)
    settings = semidiscrete.Settings(steps=max(size.steps // MONTE_CARLO, 1))
    cube = semidiscrete.cube(8)
    found = semidiscrete.estimate(atoms, shares, cube, rng, settings)
    numbers["learned"] = gradients(found.potential, cube(rng, PROBED))
    numbers["learned"]["residual"] = found.residuals[found.rate]
    numbers["learned"]["floor"] = found.floor
    return Made(numbers, plots.draw_potential(solution))


def tears(size: Size, seed: int, tick: Tick) -> Made:
    """Two balls: new codes off the data, by the widest dihedral angle that is still bridged."""
    rng = np.random.default_rng(seed)
    solution = solve(uniform(square(), balls(rng, size.atoms, 2, APART[2])))
    points = solution.problem.domain.draw(rng, size.points)
    flat = _by_widest(2, solution.potential, lambda w: extension_of(solution, w)(points))
    tick(0.3)
    count = size.atoms // MONTE_CARLO
    atoms, cube = balls(rng, count, 8, APART[8]), semidiscrete.cube(8)
    settings = semidiscrete.Settings(steps=max(size.steps // MONTE_CARLO, 1))
    high = semidiscrete.estimate(atoms, np.full(count, 1 / count), cube, rng, settings).potential
    centres = semidiscrete.centres(high, cube(rng, size.points))
    points = cube(rng, size.points)
    deep = _by_widest(8, high, lambda w: blend(high, centres, points, w))
    rows = {"2": flat, "8": deep}
    edges, angles = ridges(solution)
    bridged = extension_of(solution)(solution.problem.domain.draw(rng, 3000))
    return Made({"rows": rows}, plots.draw_tears(edges, angles, bridged, rows, APART[2]))


def _by_widest(
    dimension: int, potential: Potential, made: Callable[[float], Array]
) -> list[dict[str, float]]:
    return [
        {"widest": widest, **off_and_new(made(widest), potential, APART[dimension])}
        for widest in WIDEST[dimension]
    ]


def surface(size: Size, seed: int, tick: Tick) -> Made:
    """A head on shoulders, sampled uniformly on the disk, with and without the map."""
    sampled = sample_surface(size.vertices, size.points, seed)
    return Made(sampled.numbers, plots.draw_surface(sampled))


def networks(size: Size, seed: int, tick: Tick) -> Made:
    """The map exact, learned in two trainings, and in one."""
    sampled = sample_surface(size.vertices, size.points, seed)
    seeds = range(seed + 1, seed + 1 + size.seeds)
    rows, clouds = compare_maps(sampled, seeds, size.steps, tick)
    return Made({"rows": rows}, plots.draw_networks(sampled, rows, clouds))


@dataclass(frozen=True)
class Part:
    """work: about how long it takes beside the others."""

    run: Callable[[Size, int, Tick], Made]
    work: float


PARTS: Mapping[str, Part] = {
    "newton": Part(newton, 2), "rates": Part(rates, 25), "potential": Part(potential, 5),
    "tears": Part(tears, 8), "surface": Part(surface, 2), "networks": Part(networks, 40),
}  # fmt: skip
