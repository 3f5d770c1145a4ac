"""A surface and its picture on a disk: where places of the disk lie on it, and how evenly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from matplotlib.tri import Triangulation, TriFinder

from pellucid.errors import FrameError
from pellucid.lab.transport.geometry import Polygon, cross
from pellucid.lab.transport.head import NECK, head
from pellucid.lab.transport.unroll import unroll
from pellucid.training.transport.arrays import Array, Numbers

ROUNDING = 1e-9  # drawn in from the disk's edge, where a place would be in no triangle


@dataclass(frozen=True, eq=False)
class Surface:
    """vertices: (V, 3). flat: (V, 2), their places on the disk. triangles: (T, 3).

    domain: the disk, a polygon whose corners are the rim's places.
    """

    vertices: Array
    flat: Array
    triangles: Numbers
    domain: Polygon

    @cached_property
    def areas(self) -> Array:
        """(T,): on the surface, in squared units."""
        a, b, c = (self.vertices[self.triangles[:, k]] for k in range(3))
        return np.asarray(np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2)

    @cached_property
    def shares(self) -> Array:
        """(V,): of the whole area, a third of each triangle around a vertex."""
        thirds = np.repeat(self.areas / 3, 3)
        return np.asarray(np.bincount(self.triangles.ravel(), thirds) / self.areas.sum())

    @cached_property
    def is_head(self) -> npt.NDArray[np.bool_]:
        """(T,): which triangles are above the neck."""
        return np.asarray(self.vertices[self.triangles][:, :, 2].mean(1) > NECK)

    def locate(self, places: Array) -> tuple[Numbers, Array]:
        """Of places (K, 2) on the disk: the triangle (K,), and the shares of its corners (K, 3)."""
        middle = self.domain.centre
        places = middle + (places - middle) * (1 - ROUNDING)
        found = np.asarray(self._finder(places[:, 0], places[:, 1]), np.int64)
        if np.any(found < 0):
            raise FrameError(f"places: expected all on the disk, got {places[found < 0][0]}")
        a, b, c = (self.flat[self.triangles[found, k]] for k in range(3))
        parts = [cross(b - places, c - places), cross(c - places, a - places)]
        shares = np.stack(parts, 1) / cross(b - a, c - a)[:, None]
        return found, np.column_stack([shares, 1 - shares.sum(1)])

    def lift(self, places: Array) -> Array:
        """The points (K, 3) of the surface over places (K, 2) of the disk."""
        triangle, shares = self.locate(places)
        return np.asarray(np.einsum("kc,kcd->kd", shares, self.vertices[self.triangles[triangle]]))

    @cached_property
    def _finder(self) -> TriFinder:
        return Triangulation(self.flat[:, 0], self.flat[:, 1], self.triangles).get_trifinder()


def bust(vertices: int) -> Surface:
    """A head on shoulders of about so many vertices, unrolled."""
    points, triangles = head(vertices)
    flat, rim = unroll(points, triangles)
    return Surface(points, flat, triangles, Polygon(flat[rim]))
