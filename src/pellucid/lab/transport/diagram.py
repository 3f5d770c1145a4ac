"""The power diagram of atoms with heights, cut to a convex polygon: what Newton's method needs.

Cell i is where plane i, ⟨x, y_i⟩ + h_i, is the highest. Which cells meet is the lower convex hull
of the points (y_i, -h_i), by duality (Aurenhammer 1987, SIAM J. Comput. 16, power diagrams and
hulls). No cell is ever built as a polygon: areas and moments are sums over edges by the divergence
theorem, so that everything is arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from pellucid.errors import FrameError
from pellucid.lab.transport.geometry import Polygon
from pellucid.training.transport.arrays import Array, Numbers

GHOSTS = np.array([[0.0, 1.0], [-0.8, -0.6], [0.8, -0.6]])
FAR = 4.0  # times the extent of the atoms: where the ghosts stand


@dataclass(frozen=True, eq=False)
class Diagram:
    """The cells of N atoms in a polygon, in its units.

    areas: (N,). moments: (N, 2), the integral of x. squares: (N,), of |x|². pairs: (E, 2), cells
    that share an edge inside the polygon, each pair once; ends: (E, 2, 2), where the edge begins
    and ends. owners: (R,), the cells that hold a part of the polygon's sides; rims: (R, 2, 2), from
    where to where.
    """

    areas: Array
    moments: Array
    squares: Array
    pairs: Numbers
    ends: Array
    owners: Numbers
    rims: Array

    @property
    def lengths(self) -> Array:
        """(E,): of the edges inside."""
        return np.asarray(np.linalg.norm(self.ends[:, 1] - self.ends[:, 0], axis=1))

    @property
    def centres(self) -> Array:
        """(N, 2): of mass; NaN where there is no cell."""
        return np.asarray(self.moments / np.where(self.areas > 0, self.areas, np.nan)[:, None])


def power_diagram(domain: Polygon, atoms: Array, heights: Array) -> Diagram:
    """The cells of atoms (N, 2) with heights (N,). An atom whose plane is nowhere on top has none.

    Raises FrameError for shapes that do not fit.
    """
    if atoms.ndim != 2 or atoms.shape[1] != 2 or heights.shape != (len(atoms),):
        raise FrameError(f"atoms: expected (N, 2) and (N,), got {atoms.shape}, {heights.shape}")
    # The origins in the middles: an area is a difference of sums, and stays exact that way.
    middle = domain.centre
    own = Polygon(domain.corners - middle)
    heights, atoms = heights + atoms @ middle, atoms - atoms.mean(0)
    heights = heights - heights.max()
    ghosts, below = _ghosts(own, atoms, heights)
    everyone, every = np.concatenate([atoms, ghosts]), np.concatenate([heights, below])
    quads = _neighbours(everyone, every, len(atoms))
    pairs, ends, flow = _inner_edges(own, everyone, every, quads)
    owners, sides, rims = _rims(own, everyone, every, quads)
    bodies = np.concatenate([pairs[:, 0], pairs[:, 1], owners])
    flows = np.concatenate([flow, -flow, own.offsets[sides]])
    edges = np.concatenate([ends, ends, rims])
    areas, moments, squares = _integrals(len(atoms), bodies, edges, flows)
    squares = squares + 2 * moments @ middle + areas * (middle @ middle)
    moments = moments + areas[:, None] * middle
    return Diagram(areas, moments, squares, pairs, ends + middle, owners, rims + middle)


def _ghosts(own: Polygon, atoms: Array, heights: Array) -> tuple[Array, Array]:
    """Three more atoms around all, which are nowhere on top: so every real edge has two ends."""
    extent = float(np.linalg.norm(atoms, axis=1).max()) or 1.0
    ghosts = FAR * extent * GHOSTS
    top = int(heights.argmax())
    least = (own.corners @ atoms[top] + heights[top]).min()
    most = (own.corners @ ghosts.T).max(0)
    return ghosts, least - most - extent * own.diameter


def _neighbours(atoms: Array, heights: Array, real: int) -> Numbers:
    """(E, 4): two cells i < j that meet, and the two that meet both where their edge ends."""
    hull = ConvexHull(np.column_stack([atoms, -heights]))
    faces = hull.simplices.astype(np.int64)
    low = np.flatnonzero(hull.equations[:, 2] < 0)
    corner = np.tile(np.arange(3), len(low))
    face = np.repeat(low, 3)
    beyond = hull.neighbors[face, corner]  # behind the edge across from that corner
    own = faces[face, corner]
    i, j = (faces[face, (corner + step) % 3] for step in (1, 2))
    other = faces[beyond].sum(1) - i - j
    quads = np.stack([np.minimum(i, j), np.maximum(i, j), own, other], 1)
    return np.asarray(quads[(face < beyond) & (quads[:, 0] < real)])


def _inner_edges(
    own: Polygon, atoms: Array, heights: Array, quads: Numbers
) -> tuple[Numbers, Array, Array]:
    """Pairs, ends, and ⟨x, normal⟩, constant along an edge; the normal leads from first to second.

    The line where both planes are equally high, cut by the sides and by the two other cells.
    """
    first, second, *others = quads.T
    apart = atoms[second] - atoms[first]
    distance = np.linalg.norm(apart, axis=1, keepdims=True)
    normal = apart / distance
    flow = (heights[first] - heights[second]) / distance[:, 0]
    start, along = flow[:, None] * normal, np.stack([-normal[:, 1], normal[:, 0]], 1)
    rise = [atoms[first] - atoms[other] for other in others]
    spare = [heights[first] - heights[other] for other in others]
    constant = [np.einsum("ed,ed->e", start, d) + h for d, h in zip(rise, spare, strict=True)]
    slope = [np.einsum("ed,ed->e", along, d) for d in rise]
    begin, end = _span(
        np.column_stack([own.offsets - start @ own.normals.T, *constant]),
        np.column_stack([-along @ own.normals.T, *slope]),
    )
    real = (begin < end) & (second < len(atoms) - len(GHOSTS))
    ends = start[:, None] + np.stack([begin, end], 1)[:, :, None] * along[:, None]
    return quads[real, :2], ends[real], flow[real]


def _span(constant: Array, slope: Array) -> tuple[Array, Array]:
    """Along the last axis: where in t every constant + slope t is 0 or more; or begin ≥ end."""
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = -constant / slope
    begin = np.where(slope > 0, zero, -np.inf).max(-1)
    end = np.where(slope < 0, zero, np.inf).min(-1)
    never = ((slope == 0) & (constant < 0)).any(-1)
    return begin, np.where(never, begin, end)


def _rims(
    own: Polygon, atoms: Array, heights: Array, quads: Numbers
) -> tuple[Numbers, Numbers, Array]:
    """Whose plane is on top along the sides: cells, which sides, from where to where."""
    pairs = np.concatenate([quads[:, :2], quads[:, 1::-1]])
    pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
    cells, starts = np.unique(pairs[:, 0], return_index=True)
    apart = atoms[pairs[:, 0]] - atoms[pairs[:, 1]]
    constant = apart @ own.corners.T + (heights[pairs[:, 0]] - heights[pairs[:, 1]])[:, None]
    slope = apart @ own.sides.T
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = -constant / slope
    begin = np.where(slope > 0, zero, np.where((slope == 0) & (constant < 0), np.inf, 0.0))
    end = np.where(slope < 0, zero, 1.0)
    begin = np.maximum(np.maximum.reduceat(begin, starts), 0.0)  # (cells, sides)
    end = np.minimum(np.minimum.reduceat(end, starts), 1.0)
    real = (begin < end) & (cells < len(atoms) - len(GHOSTS))[:, None]
    which, side = np.nonzero(real)
    t = np.stack([begin[real], end[real]], 1)[:, :, None]
    return cells[which], side, own.corners[side][:, None] + t * own.sides[side][:, None]


def _integrals(count: int, bodies: Numbers, edges: Array, flows: Array) -> tuple[Array, ...]:
    """Of 1, x and |x|² over each of `count` bodies, from their edges; flows: ⟨x, outward normal⟩.

    div(f(x) x) = (2 + k) f(x) for f homogeneous of degree k; Simpson's rule is exact for squares.
    """
    begin, end = edges[:, 0], edges[:, 1]
    middle = (begin + end) / 2
    weight = flows * np.linalg.norm(end - begin, axis=1)
    square = ((begin**2).sum(1) + 4 * (middle**2).sum(1) + (end**2).sum(1)) / 6

    def gathered(values: Array) -> Array:
        return np.asarray(np.bincount(bodies, values, count))

    moments = np.stack([gathered(weight * middle[:, d]) for d in (0, 1)], 1)
    return gathered(weight) / 2, moments / 3, gathered(weight * square) / 4
