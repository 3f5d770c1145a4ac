"""Heights by counting, in any dimension, and the maps between atoms that are made of them."""

from __future__ import annotations

import numpy as np
import ot
import pytest

from pellucid.errors import FrameError
from pellucid.lab.transport.extension import Extension, extension_of, ridges
from pellucid.lab.transport.geometry import square
from pellucid.lab.transport.outcome import gradients, off_and_new
from pellucid.lab.transport.problem import balls, outside_balls, ring, uniform
from pellucid.lab.transport.solver import solve
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.blending import blend
from pellucid.training.transport.brenier import Potential, dihedral_angles
from pellucid.training.transport.semidiscrete import (
    Settings,
    centres,
    cube,
    estimate,
    masses,
    normal,
    residual,
)

QUICK = Settings(rates=(0.003, 0.03), steps=200, batch=2048, held_out=20_000)


def even(count: int) -> Array:
    return np.full(count, 1 / count)


def test_counting_agrees_with_newton() -> None:
    atoms = ring(np.random.default_rng(1), 40)
    found = estimate(atoms, even(40), cube(2), np.random.default_rng(2), QUICK)
    exact = solve(uniform(square(), atoms)).potential
    np.testing.assert_allclose(found.potential.heights, exact.heights, atol=1e-3)
    assert found.residuals[found.rate] < 2 * found.floor


def test_on_a_line_the_cells_are_quantiles() -> None:
    atoms, shares = np.array([[3.0], [-1.0], [0.5]]), np.array([0.5, 0.2, 0.3])
    found = estimate(atoms, shares, cube(1), np.random.default_rng(0), QUICK).potential
    probes = np.array([[0.1], [0.3], [0.6], [0.9]])
    assert found.transport(probes)[:, 0].tolist() == [-1.0, 0.5, 3.0, 3.0]
    # Where two planes meet: at the shares' sums.
    heights = found.heights
    assert (heights[1] - heights[2]) / 1.5 == pytest.approx(0.2, abs=0.01)
    assert (heights[2] - heights[0]) / 2.5 == pytest.approx(0.5, abs=0.01)


def test_gaussian_to_gaussian_is_linear() -> None:
    """T(x) = m + A x for N(0, I) to N(m, A²), A symmetric and positive; so E[T(x) xᵀ] = A."""
    matrix, mean = np.array([[1.2, 0.4], [0.4, 0.7]]), np.array([2.0, -1.0])
    rng = np.random.default_rng(0)
    white = rng.standard_normal((600, 2))
    white -= white.mean(0)
    white = white @ np.linalg.inv(np.linalg.cholesky(np.cov(white.T, bias=True))).T
    found = estimate(white @ matrix + mean, even(600), normal(2), rng, QUICK).potential
    points = rng.standard_normal((100_000, 2))
    moved = found.transport(points)
    np.testing.assert_allclose(moved.T @ points / len(points), matrix, atol=0.05)
    cost = ((points - moved) ** 2).sum(1).mean() / 2
    exact = ot.gaussian.bures_wasserstein_distance(np.zeros(2), mean, np.eye(2), matrix @ matrix)
    assert cost == pytest.approx(exact**2 / 2, rel=0.03)


def test_a_linear_programme_agrees_in_eight_dimensions() -> None:
    rng = np.random.default_rng(3)
    atoms, points = rng.standard_normal((10, 8)), rng.standard_normal((3000, 8))
    found = estimate(atoms, even(10), normal(8), rng, QUICK).potential
    costs = ((points[:, None] - atoms) ** 2).sum(2) / 2
    plan = ot.emd(even(3000), even(10), costs)
    assert (plan.argmax(1) == found.winner(points)).mean() > 0.93


def test_the_held_out_residual_chooses_the_step_size() -> None:
    rates = (1e-6, 0.03, 10.0)
    settings = Settings(rates=rates, steps=150, batch=1024, held_out=10_000)
    atoms, heard = ring(np.random.default_rng(1), 30), []
    found = estimate(atoms, even(30), cube(2), np.random.default_rng(2), settings,
                     lambda rate, residual: heard.append((rate, residual)))  # fmt: skip
    assert found.rate == 0.03
    assert heard == list(found.residuals.items())
    assert min(found.residuals[1e-6], found.residuals[10.0]) > 2 * found.residuals[0.03]


def test_exact_heights_show_the_floor() -> None:
    atoms = ring(np.random.default_rng(1), 200)
    exact = solve(uniform(square(), atoms)).potential
    points = cube(2)(np.random.default_rng(0), 50_000)
    floor = np.sqrt(199 / 50_000)
    assert residual(exact, even(200), points) == pytest.approx(floor, rel=0.2)
    assert masses(exact, points).sum() == pytest.approx(1)


def test_the_generator_is_x_less_the_discriminators_slope() -> None:
    solution = solve(uniform(square(), ring(np.random.default_rng(1), 300)))
    points = square().draw(np.random.default_rng(0), 500)
    found = gradients(solution.potential, points)
    assert found["agree"] > 0.98
    assert found["worst"] < 1e-8
    assert found["wasserstein_1"] > 0.5  # the other cost has no such formula


def test_a_linear_programmes_potential_gives_the_map_as_well() -> None:
    """φ from POT's dual variables of the atoms alone: x - ∇φ(x) is where its plan sends x."""
    rng = np.random.default_rng(5)
    points, atoms = rng.random((400, 2)), rng.random((20, 2))
    costs = ((points[:, None] - atoms) ** 2).sum(2) / 2
    plan, log = ot.emd(even(400), even(20), costs, log=True)
    theirs = Potential(atoms, log["v"] - (atoms**2).sum(1) / 2)
    np.testing.assert_allclose(theirs.partner(), log["v"])
    # Not at its own points: a programme's corner puts up to 19 of them on the ridges.
    assert gradients(theirs, rng.random((400, 2)))["agree"] > 0.98
    assert (theirs.winner(points) != plan.argmax(1)).sum() < 20


def test_potentials_bound_the_cost_and_meet_it_in_their_cells() -> None:
    rng = np.random.default_rng(0)
    potential = Potential(rng.random((9, 3)), rng.random(9))
    points = rng.random((50, 3))
    slack = ((points[:, None] - potential.atoms) ** 2).sum(2) / 2
    slack -= potential.kantorovich(points)[:, None] + potential.partner()
    assert slack.min() > -1e-12
    np.testing.assert_allclose(slack[np.arange(50), potential.winner(points)], 0, atol=1e-12)


def test_the_highest_planes_come_in_order() -> None:
    rng = np.random.default_rng(0)
    potential, points = Potential(rng.random((9, 3)), rng.random(9)), rng.random((50, 3))
    planes = points @ potential.atoms.T + potential.heights
    np.testing.assert_array_equal(potential.highest(points, 4), np.argsort(-planes, 1)[:, :4])
    np.testing.assert_array_equal(potential.highest(points, 99)[:, 0], potential.winner(points))
    assert potential.highest(points[:0], 4).shape == (0, 4)


def test_dihedral_angles_of_known_planes() -> None:
    flat, steep = np.zeros(2), np.array([1.0, 0.0])
    assert dihedral_angles(flat, steep) == pytest.approx(np.pi / 4)
    assert dihedral_angles(steep, -steep) == pytest.approx(np.pi / 2)
    assert dihedral_angles(steep, steep) == 0


def test_the_extension_of_a_translation_is_the_translation() -> None:
    side = (np.arange(6) + 0.5) / 6
    middle = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    found = Extension(solve(uniform(square(), middle + 2)).potential, middle)
    points = 0.1 + 0.8 * np.random.default_rng(0).random((100, 2))
    np.testing.assert_allclose(found(points), points + 2, atol=1e-12)
    torn = Extension(found.potential, middle, widest=0.0)
    np.testing.assert_array_equal(torn(points), found.potential.transport(points))


def test_codes_fall_between_two_balls_only_across_the_wide_ridge() -> None:
    rng = np.random.default_rng(0)
    solution = solve(uniform(square(), balls(rng, 300, 2, 0.5)))
    points = square().draw(rng, 5000)
    edges, angles = ridges(solution)
    assert len(edges) == len(angles) > 300
    middle = edges[angles > 0.12].mean((0, 1))
    assert middle[0] == pytest.approx(0.5, abs=0.03)  # the wide ones lie where the sides part
    bridged = off_and_new(extension_of(solution)(points), solution.potential, 0.5)
    torn = off_and_new(extension_of(solution, 0.07)(points), solution.potential, 0.5)
    assert bridged["off"] > 0.01
    assert torn["off"] == 0
    assert torn["new"] > 0.8


def test_blended_codes_keep_to_the_data_as_well() -> None:
    rng = np.random.default_rng(0)
    atoms = balls(rng, 60, 5, 1.0)
    assert not outside_balls(atoms, 1.0).any()
    found = estimate(atoms, even(60), cube(5), rng, QUICK).potential
    points = cube(5)(rng, 2000)
    middle = centres(found, cube(5)(rng, 20_000))
    whole = off_and_new(blend(found, middle, points, np.pi), found, 1.0)
    torn = off_and_new(blend(found, middle, points, 0.42), found, 1.0)
    assert whole["off"] > 0.02
    assert torn["off"] == 0
    assert torn["new"] > 0.9
    np.testing.assert_allclose(blend(found, middle, points, 0.0), found.transport(points))


def test_a_cell_without_points_has_no_centre_and_no_weight() -> None:
    potential = Potential(np.array([[0.0], [1.0], [2.0]]), np.array([0.0, -9.0, -0.5]))
    points = np.array([[0.1], [0.9]])
    found = centres(potential, points)
    assert np.isnan(found[1]).all()
    made = blend(potential, found, points, np.pi)
    assert np.isfinite(made).all()
    assert ((made >= 0) & (made <= 2)).all()


def test_what_does_not_fit_is_named() -> None:
    for wrong, words in (({"rates": ()}, "rates"), ({"rates": (0.1, -1)}, "rates"),
                         ({"steps": 0}, "steps"), ({"batch": 0}, "batch")):  # fmt: skip
        with pytest.raises(FrameError, match=f"{words}: expected"):
            Settings(**wrong)
    with pytest.raises(FrameError, match="shares: expected"):
        estimate(np.zeros((2, 3)), np.ones(2), cube(3), np.random.default_rng(0))
    with pytest.raises(FrameError, match="atoms, heights: expected"):
        Potential(np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(FrameError, match="points: expected"):
        Potential(np.zeros((2, 3)), np.zeros(2)).value(np.zeros((4, 2)))
    with pytest.raises(FrameError, match="nodes: expected 3 or more"):
        Extension(Potential(np.zeros((2, 2)), np.zeros(2)), np.zeros((2, 2)))(np.zeros((1, 2)))
