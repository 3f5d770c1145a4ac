"""From a map onto atoms to codes between them, in any dimension, as AE-OT does (An et al. 2020)."""

from __future__ import annotations

import numpy as np

from pellucid.training.transport.arrays import Array
from pellucid.training.transport.brenier import Potential, dihedral_angles

NEAR = 1e-9  # distance to a centre that counts as none


def blend(potential: Potential, centres: Array, points: Array, widest: float) -> Array:
    """In any dimension D: new codes (K, D) between the atoms of the D + 1 highest planes.

    Weights go as one over the distance from a point to the centre (N, D) of each plane's cell;
    planes that a ridge wider than `widest` radians parts from the highest, and those without a
    centre, get none. Source: An et al. 2020. Unlike `Extension` it is not piecewise linear, and
    jumps where the order of the planes below the top ones changes.
    """
    chosen = potential.highest(points, points.shape[1] + 1)  # (K, C), C at most D + 1
    atoms = potential.atoms[chosen]
    apart = np.linalg.norm(points[:, None] - centres[chosen], axis=2)
    angles = dihedral_angles(atoms, atoms[:, :1])
    used = np.isfinite(apart) & (angles <= widest)
    used[:, 0] = True
    apart[:, 0] = np.where(np.isfinite(apart[:, 0]), apart[:, 0], NEAR)
    weights = np.where(used, 1 / np.maximum(apart, NEAR), 0.0)
    return np.asarray(np.einsum("kc,kcd->kd", weights / weights.sum(1, keepdims=True), atoms))
