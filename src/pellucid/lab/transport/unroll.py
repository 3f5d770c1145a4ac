"""A surface with one rim, unrolled onto a disk without turning a triangle over.

The rim goes to a circle; every other vertex to an average of its neighbours with positive weights,
which never folds (Tutte 1963). The weights are mean values (Floater 2003), so that the map is near
to harmonic: what sticks out of the surface becomes small.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import splu

from pellucid.errors import FrameError
from pellucid.training.transport.arrays import Array, Numbers


def unroll(vertices: Array, triangles: Numbers) -> tuple[Array, Numbers]:
    """Places (V, 2) in the unit disk, and the rim's vertices (R,) counter-clockwise.

    The rim keeps its proportions. Raises FrameError where there is not one rim.
    """
    rim = rim_of(triangles)
    steps = np.linalg.norm(vertices[np.roll(rim, -1)] - vertices[rim], axis=1)
    angles = 2 * np.pi * np.concatenate([[0.0], np.cumsum(steps)[:-1]]) / steps.sum()
    flat = np.zeros((len(vertices), 2))
    flat[rim] = np.stack([np.cos(angles), np.sin(angles)], 1)
    inner = np.setdiff1d(np.arange(len(vertices)), rim)
    weights = _mean_values(vertices, triangles)
    balance = csc_array(diags_array(weights.sum(1)) - weights)[inner]
    flat[inner] = splu(csc_array(balance[:, inner])).solve(-(balance[:, rim] @ flat[rim]))
    return flat, rim


def rim_of(triangles: Numbers) -> Numbers:
    """The vertices of the edges that have one triangle alone, in order."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    known = {(a, b) for a, b in edges.tolist()}
    after = {a: b for a, b in known if (b, a) not in known}
    if not after:
        raise FrameError("triangles: expected a surface with a rim, got a closed one")
    rim = [min(after)]
    while (following := after[rim[-1]]) != rim[0]:
        rim.append(following)
    if len(rim) != len(after):
        raise FrameError("triangles: expected one rim, got several")
    return np.array(rim)


def _mean_values(vertices: Array, triangles: Numbers) -> csc_array:
    """(V, V): the tangents of half the angles at i beside edge ij, over its length."""
    rows, columns, values = [], [], []
    for k in range(3):
        i, j, other = (triangles[:, (k + step) % 3] for step in range(3))
        one, two = vertices[j] - vertices[i], vertices[other] - vertices[i]
        lengths = np.linalg.norm(one, axis=1), np.linalg.norm(two, axis=1)
        cosine = (one * two).sum(1) / (lengths[0] * lengths[1])
        tangent = np.tan(np.arccos(np.clip(cosine, -1, 1)) / 2)
        rows += [i, i]
        columns += [j, other]
        values += [tangent / lengths[0], tangent / lengths[1]]
    joined = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csc_array(coo_array(joined, shape=(len(vertices), len(vertices))))
