"""A head on shoulders, of our own making: rings of points around a profile, and triangles."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.spatial import Delaunay

from pellucid.errors import FrameError
from pellucid.training.transport.arrays import Array, Numbers

# From the crown down: the distance from the axis, and the height, in units of about 25 cm.
PROFILE = np.array([
    (0.0, 1.0), (0.2, 0.96), (0.33, 0.83), (0.38, 0.64), (0.35, 0.45), (0.27, 0.3), (0.19, 0.22),
    (0.18, 0.08), (0.24, -0.02), (0.5, -0.08), (0.74, -0.2), (0.82, -0.42),
])  # fmt: skip
NECK = 0.15  # height: what is above is the head
NOSE = (0.6, 0.09, 0.13, 0.09)  # height; how far out, how wide in radians, how tall
SHOULDERS = 0.35  # wider than deep by this share, where they are widest
FINE = 2000  # places along the profile
FEWEST = 6  # points of a ring


def head(count: int) -> tuple[Array, Numbers]:
    """About `count` vertices (V, 3), a step apart from each other, and triangles (T, 3).

    The open rim below comes last, counter-clockwise. Raises FrameError for fewer than 100.
    """
    if count < 100:
        raise FrameError(f"vertices: expected 100 or more, got {count}")
    along, radius, height = _profile()
    area = 2 * np.pi * np.trapezoid(radius, along)
    step = np.sqrt(area / count / np.sin(np.pi / 3))
    rings = np.linspace(0, along[-1], max(round(along[-1] / step), 4) + 1)[1:]
    radii, heights = (np.interp(rings, along, x) for x in (radius, height))
    sizes = np.maximum(np.round(2 * np.pi * radii / step).astype(int), FEWEST)
    # On the plane, every ring where a conformal map would put it: Delaunay's triangles are then
    # as regular on the surface as they are there.
    spread = np.exp(np.interp(rings, along[1:], _logarithm(along, radius)))
    angles = [2 * np.pi * (np.arange(n) + 0.5 * (k % 2)) / n for k, n in enumerate(sizes)]
    turn = np.concatenate([[0.0], *angles])
    plane, r, z = (np.concatenate([[a], np.repeat(b, sizes)])
                   for a, b in ((0.0, spread), (0.0, radii), (height[0], heights)))  # fmt: skip
    flat = plane[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    triangles = Delaunay(flat).simplices.astype(np.int64)
    return _shaped(r, z, turn), triangles


def _profile() -> tuple[Array, Array, Array]:
    """Length along the profile, distance from the axis and height, at FINE places."""
    chords = np.linalg.norm(np.diff(PROFILE, axis=0), axis=1)
    knots = np.concatenate([[0.0], np.cumsum(chords)])
    radius, height = PchipInterpolator(knots, PROFILE)(np.linspace(0, knots[-1], FINE)).T
    steps = np.hypot(np.diff(radius), np.diff(height))
    return np.concatenate([[0.0], np.cumsum(steps)]), radius, height


def _logarithm(along: Array, radius: Array) -> Array:
    """Of the distance from the middle at which a conformal map puts each place but the first."""
    rates = 1 / radius[1:]
    steps = np.diff(along[1:]) * (rates[1:] + rates[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)])


def _shaped(radius: Array, height: Array, turn: Array) -> Array:
    """A nose in front (-y), and shoulders that are wider than deep."""
    at, out, wide, tall = NOSE
    front = np.angle(np.exp(1j * (turn + np.pi / 2)))
    radius = radius + out * np.exp(-((front / wide) ** 2) - ((height - at) / tall) ** 2)
    low = np.clip((NECK - height) / (NECK - PROFILE[-1, 1]), 0, 1)
    x = radius * (1 + SHOULDERS * np.sqrt(low)) * np.cos(turn)
    y = radius * (1 - SHOULDERS * low) * np.sin(turn)
    return np.stack([x, y, height], 1)
