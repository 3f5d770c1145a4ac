"""Curves, what an encoder of them needs, and encoders: closed forms and brute force."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pellucid.lab.pieces.curves import (
    arcs_needed,
    half_circle,
    hilbert,
    hilbert_units_needed,
    slalom,
    spiral,
    spiral_regions_needed,
)
from pellucid.lab.pieces.encode import Encoded, along, fit_encoders, polyline_net, samples
from pellucid.lab.pieces.problem import Plane, Segment, random_net
from pellucid.lab.pieces.solver import subdivide
from pellucid.lab.pieces.tasks import least_error

Array = npt.NDArray[np.float64]


def slalom_net(points: Tensor) -> Tensor:
    return points[:, 1:] - points[:, :1].relu()


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_hilberts_curve_visits_every_cell_once_by_single_steps(level: int) -> None:
    cells = (hilbert(level) + 1) * 2**level / 2 - 0.5
    assert len({tuple(cell) for cell in cells.round(6)}) == 4**level
    assert np.abs(np.diff(cells, axis=0)).sum(axis=1) == pytest.approx(1)
    assert np.abs(hilbert(level)).max() == pytest.approx(1 - 2.0**-level)


def test_arcs_of_curves_that_are_known() -> None:
    """A spiral turns by 2 pi T and atan(2 pi T): half a turn an arc."""
    assert arcs_needed(np.array([[0.0, 0], [1, 1], [3, 3]])) == 1
    assert arcs_needed(half_circle()) == 1
    assert [arcs_needed(spiral(turns)) for turns in (1, 2, 3, 8)] == [3, 5, 7, 17]
    there_and_back = np.array([[0.0, 0], [1, 0], [0, 0]])
    assert arcs_needed(there_and_back) == 2


def least_arcs(curve: Array) -> int:
    """By trying all ways to part it; an arc is straightened by some of very many directions."""
    steps = np.diff(curve, axis=0)
    angles = np.linspace(0, 2 * math.pi, 5000, endpoint=False)
    rises = steps @ np.stack([np.cos(angles), np.sin(angles)]) > 0
    least = [0] + [len(steps)] * len(steps)
    for end in range(1, len(steps) + 1):
        for start in range(end):
            if rises[start:end].all(axis=0).any():
                least[end] = min(least[end], least[start] + 1)
    return least[-1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 28), min_size=1, max_size=12))
def test_arcs_are_the_fewest_there_are(directions: list[int]) -> None:
    """Directions in 29ths of a turn: none is opposite to another, so no case is close."""
    angles = np.array(directions) * 2 * math.pi / 29
    curve = np.cumsum(np.stack([np.cos(angles), np.sin(angles)], axis=1), axis=0)
    curve = np.concatenate([np.zeros((1, 2)), curve])
    assert arcs_needed(curve) == least_arcs(curve)


@pytest.mark.parametrize("periods", [1, 5, 20])
def test_two_pieces_encode_a_slalom_that_needs_any_number_of_arcs(periods: int) -> None:
    curve = slalom(periods)
    assert arcs_needed(curve) >= periods
    assert along(slalom_net, curve).turns_back == 0
    plane = Plane(torch.tensor([-2.0, -2]), torch.tensor([4.0, 0]), torch.tensor([0.0, 4]))
    assert subdivide(slalom_net, plane).pieces == 2


@pytest.mark.parametrize("level", [2, 4, 5])
def test_two_directions_straighten_all_edges_of_hilberts_curve(level: int) -> None:
    curve = hilbert(level)
    edges = np.stack([curve[:-1], curve[1:]], axis=1)  # (n, 2 ends, 2)
    level_ones = edges[:, 0, 1] == edges[:, 1, 1]
    assert 0 < level_ones.sum() < len(edges)
    little = 2.0**-level / 2
    for own, direction in ((level_ones, [little, 1]), (~level_ones, [1, little])):
        ends = np.sort(edges[own] @ np.array(direction), axis=1)
        ends = ends[np.argsort(ends[:, 0])]
        assert (ends[1:, 0] >= ends[:-1, 1] - 1e-12).all()


def test_bounds_by_hand() -> None:
    """pi / acos((T - 2) / T): 3 for 4 turns; Hilbert's curve of level 4 has 82 arcs, 81 / 32."""
    assert [spiral_regions_needed(turns) for turns in (1, 2, 4, 8)] == [1, 1, 3, 5]
    assert hilbert_units_needed(4) == 3


@pytest.mark.parametrize("level", [2, 3, 4])
def test_a_line_crosses_no_more_of_hilberts_edges_than_the_bound_takes(level: int) -> None:
    curve = hilbert(level)
    generator = np.random.default_rng(level)
    most = 0
    for _ in range(300):
        line, offset = generator.normal(size=2), generator.uniform(-1, 1)
        most = max(most, int((np.diff(np.sign(curve @ line + offset)) != 0).sum()))
    assert 2 < most <= 2 ** (level + 1)


def test_along_tells_arcs_and_turns() -> None:
    straight = np.array([[-1.0, 0], [1, 0.5]])
    assert along(lambda x: x.sum(dim=1, keepdim=True), straight) == Encoded(1, 0)
    folded = along(lambda x: x[:, :1].relu() + (-x[:, :1]).relu(), straight)
    assert folded == Encoded(2, 1)


def test_what_encodes_has_the_arcs_that_are_needed() -> None:
    wanted = [(spiral(0.5), seed) for seed in range(1, 7)]
    nets = fit_encoders([2, 16, 16, 1], wanted, 400)
    found = [along(net, spiral(0.5)) for net in nets]
    encoders = [one for one in found if not one.turns_back]
    assert encoders
    assert all(one.arcs >= arcs_needed(spiral(0.5)) for one in encoders)


def test_networks_that_learn_together_learn_as_alone() -> None:
    wanted = [(spiral(1), 1), (hilbert(2), 2)]
    together = fit_encoders([2, 4, 1], wanted, 20)
    for net, one in zip(together, wanted, strict=True):
        (alone,) = fit_encoders([2, 4, 1], [one], 20)
        points, _ = samples([one[0]])
        assert torch.allclose(net(points[0]), alone(points[0]), rtol=0, atol=1e-9)
        assert not torch.allclose(net(points[0]), random_net([2, 4, 1], one[1])(points[0]))


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_a_polyline_net_is_the_polyline(pieces: int) -> None:
    net = polyline_net(pieces, half_circle())
    shares = torch.arange(pieces + 1).double()[:, None] / pieces
    with torch.no_grad():
        assert torch.linalg.norm(net(shares), dim=1).numpy() == pytest.approx(1, abs=1e-3)
    unit = Segment(torch.tensor([0.0]), torch.tensor([1.0]))
    assert subdivide(net, unit).pieces == pieces


@pytest.mark.parametrize("pieces", [1, 2, 4])
def test_the_least_error_is_that_of_the_best_lines(pieces: int) -> None:
    """By sampling: the mean square distance of a piece from the best of many parallels."""
    half = math.pi / (2 * pieces)
    heights = np.cos(np.linspace(-half, half, 20_001))
    errors = [math.sqrt(float(((heights - line) ** 2).mean())) for line in np.linspace(0, 1, 4001)]
    assert least_error(pieces) == pytest.approx(min(errors), abs=1e-4)
    assert least_error(1) == pytest.approx(math.sqrt(0.5 - 4 / math.pi**2))


def test_the_curves_are_simple_where_they_must_be() -> None:
    """No two edges of the slalom meet but neighbours, in their common end."""
    edges = list(pairwise(slalom(3)))
    for i, (a, b) in enumerate(edges):
        for c, d in edges[i + 2 :]:
            matrix = np.stack([b - a, c - d], axis=1)
            if abs(np.linalg.det(matrix)) < 1e-12:
                continue
            s, t = np.linalg.solve(matrix, c - a)
            assert not (0 <= s <= 1 and 0 <= t <= 1)
