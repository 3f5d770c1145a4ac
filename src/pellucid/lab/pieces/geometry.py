"""The cells that a segment or a part of a plane is cut into: intervals and convex polygons.

A point is given by its weights: point = weights @ frame, where the frame is 2 points of a segment
or 3 of a plane, and the weights add up to 1. A function that is affine on a cell is given by its
values at the frame, so its value at a point is `weights @ values`, and no point of the network's
input need ever be computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# What made an edge: the side of the whole, or the cut of a layer's unit through a cell.
Label = tuple[int, ...]
ROUNDING = 1e-12  # of the largest value: where a cell's corner counts as on the cut


class Cell(Protocol):
    """A convex cell. corners: (m, k) weights."""

    @property
    def corners(self) -> Array:
        """(m, k), m corners as weights of the frame's k points."""
        ...

    @property
    def size(self) -> float:
        """Its share of the whole, 0..1."""
        ...

    def cut(self, values: Array, labels: Sequence[Label]) -> list[Cell]:
        """The parts into which the zeros of affine functions cut it, (k, n) values at the frame.

        labels: of the n cuts.
        """
        ...


@dataclass(frozen=True, eq=False)
class Interval:
    """Of a segment that runs from 0 to 1."""

    low: float
    high: float

    @property
    def corners(self) -> Array:
        """(2, 2)."""
        return np.array([[1 - self.low, self.low], [1 - self.high, self.high]])

    @property
    def size(self) -> float:
        """Its length."""
        return self.high - self.low

    def cut(self, values: Array, labels: Sequence[Label]) -> list[Cell]:
        """At all zeros together: they are points, so none of them ends at another."""
        zeros = np.unique(values[0] / (values[0] - values[1]))
        inside = zeros[(zeros > self.low + ROUNDING) & (zeros < self.high - ROUNDING)]
        ends = [self.low, *map(float, inside), self.high]
        return [Interval(a, b) for a, b in pairwise(ends)]


@dataclass(frozen=True, eq=False)
class Polygon:
    """Convex, corners in their order around it; edge i runs from corner i to the next.

    edges: what made each of them.
    """

    corners: Array
    edges: tuple[Label, ...]

    @property
    def size(self) -> float:
        """Its area, where the parallelogram on the frame has 1."""
        u, v = self.corners[:, 1], self.corners[:, 2]
        return 0.5 * abs(float(u @ np.roll(v, -1) - v @ np.roll(u, -1)))

    def cut(self, values: Array, labels: Sequence[Label]) -> list[Cell]:
        """By one of the lines that cross it, then each half by those that cross that."""
        done: list[Cell] = []
        left: list[tuple[Polygon, npt.NDArray[np.int64]]] = [(self, np.arange(len(labels)))]
        while left:
            part, lines = left.pop()
            heights = part.corners @ values[:, lines]  # (m, n)
            crossing = crosses(heights, values[:, lines])
            if not crossing.any():
                done.append(part)
                continue
            first = int(np.argmax(crossing))
            crossing[first] = False
            for sign in (1, -1):
                half = part._above(sign * heights[:, first], labels[lines[first]])
                left.append((half, lines[crossing]))
        return done

    def _above(self, heights: Array, label: Label) -> Polygon:
        """The part where the heights at the corners, and between them, are at least 0."""
        corners: list[Array] = []
        edges: list[Label] = []
        for i, (p, height) in enumerate(zip(self.corners, heights, strict=True)):
            j = (i + 1) % len(heights)
            if height >= 0:
                corners.append(p)
                # From a corner on the line the way goes on along it, unless it goes up again.
                edges.append(label if height == 0 and heights[j] < 0 else self.edges[i])
            if height * heights[j] < 0:
                share = height / (height - heights[j])
                corners.append(p + share * (self.corners[j] - p))
                edges.append(label if height > 0 else self.edges[i])
        return Polygon(np.array(corners), tuple(edges))


def crosses(heights: Array, values: Array) -> npt.NDArray[np.bool_]:
    """(n,) whether affine functions change their sign between corners, by (m, n) heights there."""
    limit = ROUNDING * np.maximum(1.0, np.abs(values).max(axis=0))
    return np.asarray((heights.max(axis=0) > limit) & (heights.min(axis=0) < -limit))


def whole(points: int) -> Cell:
    """The segment between 2 points, or the parallelogram on 3: corner, then its two neighbours."""
    if points == 2:
        return Interval(0.0, 1.0)
    corners = np.array([[1.0, 0, 0], [0, 1, 0], [-1, 1, 1], [0, 0, 1]])
    return Polygon(corners, ((0,), (1,), (2,), (3,)))


def neighbours(cells: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Pairs of cells that touch: in a point on a segment, along more than a point on a plane.

    The cells are all of a whole, those of a segment in their order.
    """
    if isinstance(cells[0], Interval):
        yield from zip(range(len(cells) - 1), range(1, len(cells)), strict=True)
        return
    for edges in _by_label([cell for cell in cells if isinstance(cell, Polygon)]).values():
        yield from _touching(edges)


@dataclass(frozen=True)
class _Edge:
    cell: int
    start: Array
    end: Array


def _by_label(cells: Sequence[Polygon]) -> dict[Label, list[_Edge]]:
    """Edges of one cut: all on one line, and only they can be shared."""
    found: dict[Label, list[_Edge]] = {}
    for index, cell in enumerate(cells):
        ends = np.roll(cell.corners, -1, axis=0)
        for label, start, end in zip(cell.edges, cell.corners, ends, strict=True):
            found.setdefault(label, []).append(_Edge(index, start, end))
    return found


def _touching(edges: Sequence[_Edge]) -> Iterator[tuple[int, int]]:
    """Cells run round the same way, so on both sides of a cut edges run in opposite directions."""
    along = edges[0].end - edges[0].start
    reach = [sorted((float(e.start @ along), float(e.end @ along))) for e in edges]
    forth = [float((e.end - e.start) @ along) > 0 for e in edges]
    order = sorted(range(len(edges)), key=lambda i: reach[i][0])
    least = ROUNDING * max(high - low for low, high in reach)
    active: list[int] = []
    for i in order:
        active = [j for j in active if reach[j][1] - reach[i][0] > least]
        yield from ((edges[j].cell, edges[i].cell) for j in active if forth[j] != forth[i])
        active.append(i)
