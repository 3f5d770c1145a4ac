"""The exact solver against closed forms, a linear programme, and what must not matter."""

from __future__ import annotations

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import FrameError
from pellucid.lab.transport.diagram import power_diagram
from pellucid.lab.transport.geometry import Polygon, disk, square
from pellucid.lab.transport.problem import Problem, ring, uniform
from pellucid.lab.transport.solver import solve
from pellucid.training.transport.arrays import Array

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed: int, count: int) -> Problem:
    """Atoms in the square, shares that differ up to threefold."""
    rng = np.random.default_rng(seed)
    shares = 1 + 2 * rng.random(count)
    return Problem(square(), rng.random((count, 2)), shares / shares.sum())


def grid(side: int) -> Array:
    """The middles of side x side equal squares."""
    places = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(places, places), -1).reshape(-1, 2)


def test_a_translation_is_found_exactly() -> None:
    side, shift = 6, np.array([3.0, -2.0])
    found = solve(uniform(square(), grid(side) + shift))
    np.testing.assert_allclose(found.diagram.centres, grid(side), atol=1e-9)
    # What is left beside the shift is each small square's own spread.
    assert found.cost == pytest.approx((shift @ shift + 2 / 12 / side**2) / 2, rel=1e-12)


def test_a_stretch_along_the_axes_is_found_exactly() -> None:
    stretch = np.array([3.0, 0.25])
    found = solve(uniform(square(), grid(6) * stretch))
    np.testing.assert_allclose(found.diagram.centres, grid(6), atol=1e-9)


def test_a_linear_map_with_a_symmetric_matrix_is_its_own_answer() -> None:
    matrix, middle = np.array([[1.5, 0.5], [0.5, 0.8]]), grid(20)
    found = solve(uniform(square(), middle @ matrix))
    # As finely as 20 x 20 cells can tell; a turned square would be off by tenths.
    assert np.linalg.norm(found.diagram.centres - middle, axis=1).mean() < 0.4 / 20


def test_on_a_line_transport_is_sorting() -> None:
    rng = np.random.default_rng(0)
    places, shares = rng.random(12), 1 + rng.random(12)
    shares /= shares.sum()
    found = solve(Problem(square(), np.column_stack([places, np.full(12, 0.3)]), shares))
    order = np.argsort(places)
    ends = np.cumsum(shares[order])
    np.testing.assert_allclose(found.diagram.centres[order, 0], ends - shares[order] / 2, atol=1e-9)
    np.testing.assert_allclose(found.diagram.centres[:, 1], 0.5, atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_linear_programme_finds_the_same(seed: int) -> None:
    """POT's network simplex, the density as 50 x 50 points: equal but for that."""
    problem, points = drawn(seed, 15), grid(50)
    found = solve(problem)
    costs = ((points[:, None] - problem.atoms) ** 2).sum(2) / 2
    plan, log = ot.emd(np.full(2500, 1 / 2500), problem.shares, costs, log=True)
    assert found.cost == pytest.approx(log["cost"], rel=5e-3)
    own = found.potential.winner(points)
    assert (plan.argmax(1) == own).mean() > 0.95
    # The dual variables are the heights, but for a constant.
    heights = log["v"] - (problem.atoms**2).sum(1) / 2
    np.testing.assert_allclose(heights - heights.mean(), found.potential.heights, atol=0.01)


def test_a_thousand_atoms_are_right_to_the_last_digits() -> None:
    found = solve(uniform(square(), ring(np.random.default_rng(1), 1000)))
    assert found.residuals[-1] < 1e-8
    assert len(found.residuals) < 30
    assert found.residuals[-1] < 0.01 * found.residuals[-2]  # faster than linear
    np.testing.assert_allclose(found.diagram.areas, 1e-3, rtol=1e-8)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 25), st.floats(-100, 100), st.floats(-100, 100))
def test_moving_all_atoms_changes_no_cell(seed: int, count: int, x: float, y: float) -> None:
    problem = drawn(seed, count)
    moved = Problem(problem.domain, problem.atoms + np.array([x, y]), problem.shares)
    one, other = solve(problem), solve(moved)
    np.testing.assert_allclose(one.diagram.centres, other.diagram.centres, atol=1e-6)
    np.testing.assert_allclose(one.potential.heights, other.potential.heights, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 25))
def test_moving_the_polygon_moves_the_cells(seed: int, count: int) -> None:
    problem = drawn(seed, count)
    shift = np.array([4.0, -7.0])
    away = Problem(Polygon(square().corners + shift), problem.atoms, problem.shares)
    one, other = solve(problem), solve(away)
    np.testing.assert_allclose(one.diagram.centres + shift, other.diagram.centres, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 25))
def test_the_order_of_the_atoms_does_not_matter(seed: int, count: int) -> None:
    problem = drawn(seed, count)
    order = np.random.default_rng(seed).permutation(count)
    shuffled = Problem(problem.domain, problem.atoms[order], problem.shares[order])
    heights = solve(problem).potential.heights
    np.testing.assert_allclose(solve(shuffled).potential.heights, heights[order], atol=1e-7)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(2, 25), st.floats(-1000, 1000))
def test_a_constant_on_all_heights_changes_nothing(seed: int, count: int, more: float) -> None:
    problem = drawn(seed, count)
    heights = 0.1 * np.random.default_rng(seed).standard_normal(count)
    one, other = (power_diagram(square(), problem.atoms, h) for h in (heights, heights + more))
    np.testing.assert_allclose(one.areas, other.areas, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 25))
def test_the_start_gives_every_atom_a_cell(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    problem = uniform(disk(), 50 * rng.standard_normal((count, 2)) + rng.integers(-99, 99, 2))
    assert power_diagram(problem.domain, problem.atoms, problem.start).areas.min() > 0
    assert solve(problem).residuals[-1] < 1e-9


def test_what_has_no_answer_is_refused() -> None:
    atoms = np.array([[0.0, 0.0], [1.0, 0.0]])
    for shares in ([0.5, 0.6], [1.0, 0.0], [1.0]):
        with pytest.raises(FrameError, match="shares: expected 2 above 0 with the sum 1"):
            Problem(square(), atoms, np.array(shares))
    with pytest.raises(FrameError, match="two in one"):
        uniform(square(), np.zeros((2, 2)))
    with pytest.raises(FrameError, match="atoms: expected"):
        uniform(square(), np.zeros((2, 3)))
