"""What was measured, reduced to numbers, and what it says of each claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from pellucid.lab.transport.brenier import Potential
from pellucid.lab.transport.geometry import Array
from pellucid.lab.transport.problem import outside_balls
from pellucid.lab.verdict import LOWER, Verdict, interval_of, verdict_on

BUMP = 1e-5  # of a coordinate, either way
SAME = 1e-6  # how far two places may be apart and be one
SECONDS, RESIDUAL = 3.0, 1e-8  # what was asked of 1000 atoms
TARGET_ATOMS = 1000


@dataclass(frozen=True)
class Judged:
    """A claim, what was measured in words, and what that says."""

    claim: str
    measured: str
    verdict: Verdict


def gradients(potential: Potential, points: Array) -> dict[str, float]:
    """x - ∇φ(x), φ differentiated numerically, beside T(x).

    agree: the share of points where they are one place; else the points of a difference lie in two
    cells. worst: the largest distance where they agree. wasserstein_1: what the same formula misses
    its atom by with cost |x - y|, root mean square.
    """
    found = points - _slope(potential.kantorovich, points)
    apart = np.linalg.norm(found - potential.transport(points), axis=1)
    same = apart < SAME
    # φ(x) = min_i |x - y_i|, the potential of Wasserstein-1 for free shares: a slope of 1.
    nearest = Potential(potential.atoms, -(potential.atoms**2).sum(1) / 2)
    other = points - _slope(lambda x: np.linalg.norm(x - nearest.transport(x), axis=1), points)
    missed = np.linalg.norm(other - nearest.transport(points), axis=1)
    return {
        "agree": float(same.mean()), "worst": float(apart[same].max(initial=0)),
        "wasserstein_1": float(np.sqrt((missed**2).mean())),
    }  # fmt: skip


def _slope(function: Any, points: Array) -> Array:
    """(K, D): central differences."""
    bumps = BUMP * np.eye(points.shape[1])
    parts = [(function(points + b) - function(points - b)) / (2 * BUMP) for b in bumps]
    return np.stack(parts, 1)


def off_and_new(made: Array, potential: Potential, apart: float) -> dict[str, float]:
    """Of codes (K, D): the share in neither ball, and the share that is no atom itself."""
    known = {row.tobytes() for row in potential.atoms}
    new = np.array([row.tobytes() not in known for row in made])
    return {"off": float(outside_balls(made, apart).mean()), "new": float(new.mean())}
