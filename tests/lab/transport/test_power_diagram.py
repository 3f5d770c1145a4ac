"""Cells: known ones, against counting, whole, and where geometry degenerates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import FrameError
from pellucid.lab.transport.diagram import power_diagram
from pellucid.lab.transport.geometry import Polygon, disk, square

TRIANGLE = Polygon(np.array([[5.0, 5.0], [9.0, 6.0], [4.0, 8.0]]))
DOMAINS = {"square": square(), "disk": disk(), "triangle": TRIANGLE}


def test_two_atoms_cut_the_square_where_their_planes_meet() -> None:
    atoms = np.array([[0.0, 0.0], [1.0, 0.0]])
    found = power_diagram(square(), atoms, np.array([0.0, -0.3]))  # x = 0.3
    np.testing.assert_allclose(found.areas, [0.3, 0.7], atol=1e-14)
    np.testing.assert_allclose(found.centres, [[0.15, 0.5], [0.65, 0.5]], atol=1e-14)
    np.testing.assert_allclose(found.squares.sum(), 2 / 3, atol=1e-14)
    np.testing.assert_allclose(found.lengths, [1])
    assert found.pairs.tolist() == [[0, 1]]


@pytest.mark.parametrize("name", DOMAINS)
@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_cells_are_what_counting_says(name: str, count: int) -> None:
    domain, rng = DOMAINS[name], np.random.default_rng(count)
    atoms = domain.draw(rng, count)
    heights = -(atoms**2).sum(1) / 2 + 0.01 * rng.standard_normal(count)
    found = power_diagram(domain, atoms, heights)
    points = domain.draw(rng, 200_000)
    owner = (points @ atoms.T + heights).argmax(1)
    shares = np.bincount(owner, minlength=count) / len(points)
    np.testing.assert_allclose(found.areas / domain.area, shares, atol=0.006)
    for axis in (0, 1):
        mean = np.bincount(owner, points[:, axis], count) / len(points)
        scale = np.abs(domain.corners).max()
        np.testing.assert_allclose(found.moments[:, axis] / domain.area, mean, atol=0.006 * scale)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 2**32 - 1), st.floats(0, 0.3))
def test_cells_fill_the_polygon_exactly(count: int, seed: int, spread: float) -> None:
    rng, domain = np.random.default_rng(seed), disk(7)
    atoms = domain.draw(rng, count)
    found = power_diagram(domain, atoms, spread * rng.standard_normal(count))
    assert found.areas.sum() == pytest.approx(domain.area, rel=1e-12)
    np.testing.assert_allclose(found.moments.sum(0), domain.centre * domain.area, atol=1e-12)
    assert found.areas.min() >= -1e-14
    around = np.linalg.norm(found.rims[:, 1] - found.rims[:, 0], axis=1).sum()
    assert around == pytest.approx(np.linalg.norm(domain.sides, axis=1).sum(), rel=1e-12)


def test_a_grid_whose_cells_meet_four_at_a_point_is_no_trouble() -> None:
    side = (np.arange(8) + 0.5) / 8
    atoms = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    found = power_diagram(square(), atoms, -(atoms**2).sum(1) / 2)
    np.testing.assert_allclose(found.areas, 1 / 64, atol=1e-13)
    np.testing.assert_allclose(found.centres, atoms, atol=1e-12)


def test_atoms_on_one_line_have_stripes() -> None:
    atoms = np.column_stack([np.linspace(0.1, 0.9, 5), np.full(5, 0.5)])
    found = power_diagram(square(), atoms, -(atoms**2).sum(1) / 2)
    np.testing.assert_allclose(found.areas, [0.2] * 5, atol=1e-14)


def test_a_plane_below_the_others_has_no_cell() -> None:
    atoms = np.array([[0.2, 0.2], [0.8, 0.2], [0.5, 0.8], [0.5, 0.4]])
    found = power_diagram(square(), atoms, np.array([0.0, 0.0, 0.0, -5.0]))
    assert found.areas[3] == 0
    assert np.isnan(found.centres[3]).all()
    assert found.areas.sum() == pytest.approx(1)


def test_what_is_no_polygon_is_refused() -> None:
    corners = square().corners
    with pytest.raises(FrameError, match="convex polygon, counter-clockwise"):
        Polygon(corners[::-1].copy())
    with pytest.raises(FrameError, match="3 or more"):
        Polygon(corners[:2])
    with pytest.raises(FrameError, match="atoms: expected"):
        power_diagram(square(), np.zeros((3, 3)), np.zeros(3))


def test_drawn_points_are_inside_and_uniform() -> None:
    domain = TRIANGLE
    points = domain.draw(np.random.default_rng(0), 100_000)
    assert domain.contains(points).all()
    assert not domain.contains(points + 10).any()
    np.testing.assert_allclose(points.mean(0), domain.centre, atol=0.02)
