"""Curves in the plane, and what a map to the line needs in order to encode them.

A continuous map encodes a curve when it takes no value twice on it, which along an arc means that
it rises all the way, or falls. An affine map can do that on an arc if and only if the arc's
directions lie within an open half-plane. From this follow the bounds below. They are ours: Lei et
al. 2018 count the charts of an atlas (theorem 4.12), and what that says depends on whether a chart
must be connected (see `slalom` and the page).
"""

from __future__ import annotations

from math import acos, pi

import numpy as np

from pellucid.lab.pieces.geometry import Array

TURN_STEPS = 64  # edges of a spiral's turn
HALF_PLANE = pi - 1e-9


def spiral(turns: float) -> Array:
    """(n, 2), Archimedes' spiral from the middle of the unit disc to its rim, as a polyline."""
    angle = np.linspace(0, 2 * pi * turns, round(TURN_STEPS * turns) + 1)
    radius = angle / angle[-1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def half_circle() -> Array:
    """(65, 2), the upper half of the unit circle, as a polyline."""
    angle = np.linspace(0, pi, TURN_STEPS + 1)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def hilbert(level: int) -> Array:
    """(4**level, 2), Hilbert's variant of Peano's curve through the cells of the square -1..1."""
    points = np.zeros((1, 2))  # cells, (column, row)
    for done in range(level):
        side = 2**done
        turned = points[:, ::-1]
        back = np.array([2 * side - 1, side - 1]) - turned
        points = np.concatenate([turned, points + np.array([0, side]), points + side, back])
    return np.asarray((2 * points + 1) / 2**level - 1, np.float64)


def slalom(periods: int) -> Array:
    """A curve of as many equal periods, of which each needs a chart, and `slalom_net` encodes all.

    It goes where y - max(x, 0) rises: left and down where x > 0, but left and right where x < 0.
    """
    step = np.array([[-1, 0.05], [1, 0.05], [1, 1.05], [-1, -0.95]])
    return np.concatenate([np.zeros((1, 2)), np.cumsum(np.tile(step, (periods, 1)), axis=0)])


def arcs_needed(curve: Array) -> int:
    """The least number of connected arcs of a polyline of which each is rectified by an affine map.

    Every encoder is affine on at least so many arcs of the curve. Taking the longest arc each time
    is best, since a part of a rectified arc is rectified too.
    """
    steps = np.diff(curve, axis=0)
    count, low, high = 1, 0.0, 0.0
    for index, angle in enumerate(np.arctan2(steps[:, 1], steps[:, 0])):
        middle = (low + high) / 2
        nearest = angle + 2 * pi * round((middle - angle) / (2 * pi))
        if index and max(high, nearest) - min(low, nearest) < HALF_PLANE:
            low, high = min(low, nearest), max(high, nearest)
            continue
        count += index > 0
        low = high = float(angle)
    return count


def spiral_regions_needed(turns: float) -> int:
    """An encoder of the spiral has at least so many convex regions.

    Take the value s that it has one turn before the rim. What comes before has lower values (or
    higher), what comes behind higher, so in every direction s is taken between the turns before and
    behind that point; within a region, on a straight line, which meets the curve nowhere else and
    so lies between radius (turns - 2) and turns. Seen from the middle, no straight line there is
    longer than 2 acos of their ratio.
    """
    if turns <= 2:
        return 1
    return int(np.ceil(pi / acos((turns - 2) / turns) - 1e-9))


def hilbert_units_needed(level: int) -> int:
    """An encoder of Hilbert's curve with one hidden layer has at least so many units.

    Each unit bends along one line, which crosses at most 2**level of the curve's upright edges and
    as many of the level ones; between crossings the encoder is affine.
    """
    return int(np.ceil((arcs_needed(hilbert(level)) - 1) / 2 ** (level + 1)))
