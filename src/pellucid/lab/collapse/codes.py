"""Codes of the data, and optimal transport that draws new ones: AE-OT (An et al. 2020).

In the plane the transport is exact and piecewise linear between its atoms; above it is estimated
and blended. Across ridges that are wider than the data say, nothing is made.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pellucid.lab.collapse.geometry import Array
from pellucid.lab.transport.extension import extension_of
from pellucid.lab.transport.geometry import square
from pellucid.lab.transport.problem import uniform
from pellucid.lab.transport.solver import solve
from pellucid.training.transport import semidiscrete
from pellucid.training.transport.blending import blend

Draw = Callable[[np.random.Generator, int], Array]  # codes (count, k)
COUNTED = 20_000  # points that tell where a cell's middle is
ESTIMATED = semidiscrete.Settings(rates=(0.03,), steps=300, batch=1024, held_out=8192)


def drawing(codes: Array, widest: float, rng: np.random.Generator) -> Draw:
    """New codes, distributed as the given ones (N, k), each of which has the same share.

    widest: radians, for codes whose variance is 1; they are brought there and back.
    """
    middle, unit = codes.mean(0), codes.std()
    scaled = np.unique((codes - middle) / unit, axis=0)
    draw = _in_the_plane(scaled, widest) if codes.shape[1] == 2 else _above(scaled, widest, rng)
    return lambda stream, count: middle + unit * draw(stream, count)


def _in_the_plane(atoms: Array, widest: float) -> Draw:
    solution = solve(uniform(square(), atoms))
    extension = extension_of(solution, widest)
    return lambda stream, count: extension(solution.problem.domain.draw(stream, count))


def _above(atoms: Array, widest: float, rng: np.random.Generator) -> Draw:
    shares = np.full(len(atoms), 1 / len(atoms))
    sample = semidiscrete.cube(atoms.shape[1])
    found = semidiscrete.estimate(atoms, shares, sample, rng, ESTIMATED).potential
    centres = semidiscrete.centres(found, sample(rng, COUNTED))
    return lambda stream, count: blend(found, centres, sample(stream, count), widest)
