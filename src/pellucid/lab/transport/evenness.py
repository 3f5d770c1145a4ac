"""How evenly points lie on a surface: counts in patches of equal area, and the head's share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from pellucid.lab.transport.surface import Surface
from pellucid.training.transport.arrays import Array, Numbers

DENSE = 100_000  # points of the surface to which others are likened


@dataclass(frozen=True)
class Evenness:
    """variation: the standard deviation of counts over their expectation (CV); 0 is even.

    noise: what independent, truly uniform points would show. chi_square over freedom: 1 for those.
    head: the share of the points on the head.
    """

    variation: float
    noise: float
    chi_square: float
    freedom: int
    head: float


def patches(surface: Surface, count: int) -> Numbers:
    """(T,): of each triangle, the number of its patch.

    Halved again and again across the longest extent, so `count` is rounded up to a power of 2;
    areas differ by at most the triangles on the borders.
    """
    middles = surface.vertices[surface.triangles].mean(1)
    labels = np.zeros(len(middles), np.int64)
    while labels.max() + 1 < count:
        halved = labels * 2
        for label in range(labels.max() + 1):
            own = np.flatnonzero(labels == label)
            axis = np.ptp(middles[own], axis=0).argmax()
            order = own[np.argsort(middles[own, axis])]
            filled = np.cumsum(surface.areas[order])
            halved[order[filled > filled[-1] / 2]] += 1
        labels = halved
    return labels


def evenness(surface: Surface, labels: Numbers, triangles: Numbers) -> Evenness:
    """Of points that are in these triangles (K,); labels (T,): the triangles' patches."""
    areas = np.bincount(labels, surface.areas)
    expected = areas / areas.sum() * len(triangles)
    counts = np.bincount(labels[triangles], minlength=len(areas))
    wrong = counts / expected - 1
    return Evenness(
        float(np.sqrt((wrong**2).mean())),
        float(np.sqrt(((1 - expected / len(triangles)) / expected).mean())),
        float((wrong**2 * expected).sum()),
        len(areas) - 1,
        float(surface.is_head[triangles].mean()),
    )


def head_area(surface: Surface) -> float:
    """The head's share of the area."""
    return float(surface.areas[surface.is_head].sum() / surface.areas.sum())


@dataclass(frozen=True, eq=False)
class Likeness:
    """Triangles nearest to any points of space, and how far off those are."""

    tree: KDTree
    triangles: Numbers

    def __call__(self, points: Array) -> tuple[Numbers, Array]:
        """Of points (K, 3): triangles (K,), and distances (K,) to the surface's dense points."""
        distances, found = self.tree.query(points)
        return self.triangles[found], np.asarray(distances)


def likeness(surface: Surface, rng: np.random.Generator) -> Likeness:
    """From DENSE uniform points of the surface."""
    triangles, points = draw(surface, rng, DENSE)
    return Likeness(KDTree(points), triangles)


def draw(surface: Surface, rng: np.random.Generator, count: int) -> tuple[Numbers, Array]:
    """Uniform points of the surface (count, 3), and the triangles they are in."""
    triangles = rng.choice(len(surface.areas), count, p=surface.areas / surface.areas.sum())
    shares = rng.dirichlet(np.ones(3), count)
    corners = surface.vertices[surface.triangles[triangles]]
    return triangles, np.asarray(np.einsum("kc,kcd->kd", shares, corners))
