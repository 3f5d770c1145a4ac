"""Damped Newton on the heights, exact in the plane: every step knows all cells' areas.

Source: Kitagawa, Mérigot, Thibert 2019, J. Eur. Math. Soc. 21, the damped Newton algorithm: from
heights where all cells have mass, a step is halved until no cell has less than half of the least
mass of the start and the error falls in proportion; it then converges, in the end quadratically.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import spsolve

from pellucid.errors import FrameError
from pellucid.lab.transport.diagram import Diagram, power_diagram
from pellucid.lab.transport.problem import Problem
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.brenier import Potential

TOLERANCE = 1e-9
MOST = 500  # steps
LEAST = 2.0**-30  # of a step; below, rounding is all there is


@dataclass(frozen=True, eq=False)
class Solution:
    """residuals: after each step, the first before any: max_i |mass of cell i / its share - 1|."""

    problem: Problem
    potential: Potential
    diagram: Diagram
    residuals: tuple[float, ...]

    @property
    def cost(self) -> float:
        """∫ ½|x - T(x)|² of the uniform measure: half the squared Wasserstein-2 distance."""
        areas, moments, atoms = self.diagram.areas, self.diagram.moments, self.problem.atoms
        each = self.diagram.squares - 2 * (moments * atoms).sum(1) + areas * (atoms**2).sum(1)
        return float(each.sum() / 2 / self.problem.domain.area)


def solve(
    problem: Problem,
    tolerance: float = TOLERANCE,
    on_step: Callable[[float], None] = lambda residual: None,
) -> Solution:
    """The heights, of mean 0, at which every cell has its atom's share within `tolerance`.

    on_step: hears each step's residual. Raises FrameError when it is not reached.
    """
    heights = problem.start
    diagram, mass = _cells(problem, heights)
    least = min(mass.min(), problem.shares.min()) / 2
    residuals = [_residual(problem, mass)]
    while residuals[-1] > tolerance:
        if len(residuals) > MOST:
            raise FrameError(f"atoms: {MOST} steps leave a residual of {residuals[-1]:.1e}")
        direction = _direction(problem, diagram, mass)
        heights, diagram, mass = _damped(problem, heights, direction, mass, least)
        residuals.append(_residual(problem, mass))
        on_step(residuals[-1])
    potential = Potential(problem.atoms, heights - heights.mean())
    return Solution(problem, potential, diagram, tuple(residuals))


def _cells(problem: Problem, heights: Array) -> tuple[Diagram, Array]:
    diagram = power_diagram(problem.domain, problem.atoms, heights)
    return diagram, diagram.areas / problem.domain.area


def _residual(problem: Problem, mass: Array) -> float:
    return float(np.abs(mass / problem.shares - 1).max())


def _direction(problem: Problem, diagram: Diagram, mass: Array) -> Array:
    """Newton's: raising h_j takes length_ij / |y_i - y_j| from cell i. The first height stays."""
    first, second = diagram.pairs.T
    apart = np.linalg.norm(problem.atoms[first] - problem.atoms[second], axis=1)
    rates = diagram.lengths / apart / problem.domain.area
    count = len(mass)
    upper = coo_array((rates, (first, second)), shape=(count, count))
    rates_both = csc_array(upper + upper.T)
    laplacian = csc_array(diags_array(rates_both.sum(0)) - rates_both)
    direction = np.zeros(count)
    if count > 1:
        direction[1:] = spsolve(laplacian[1:, 1:], (problem.shares - mass)[1:])
    return direction


def _damped(
    problem: Problem, heights: Array, direction: Array, mass: Array, least: float
) -> tuple[Array, Diagram, Array]:
    """The longest of the halved steps that keeps every cell and lowers the error enough."""
    error, step = np.linalg.norm(mass - problem.shares), 1.0
    while step > LEAST:
        tried = heights + step * direction
        diagram, found = _cells(problem, tried)
        now = np.linalg.norm(found - problem.shares)
        if found.min() >= least and now <= (1 - step / 2) * error:
            return tried, diagram, found
        step /= 2
    raise FrameError(f"atoms: no step lowers a residual of {_residual(problem, mass):.1e}")
