"""Bounds against hand-made numbers and against what networks really have."""

from __future__ import annotations

import pytest

from pellucid.lab.pieces.bounds import lei, montufar, parts, reachable, serra, typical
from pellucid.lab.pieces.problem import box, random_net
from pellucid.lab.pieces.solver import subdivide


def test_parts_of_a_line_a_plane_and_space() -> None:
    assert [parts(1, 5), parts(2, 3), parts(2, 4), parts(3, 3)] == [6, 7, 11, 8]


def test_bounds_by_hand() -> None:
    """2-3-2-1: Lei 7 * 4 * 2, Montúfar 7 * 4; Serra loses the dimensions that units block."""
    assert lei([2, 3, 2, 1]) == 7 * 4 * 2
    assert montufar([2, 3, 2, 1]) == 7 * 4
    # j1 = 0, 1: two dimensions or more stay, 4 parts; j1 = 2: one unit passes, 1 + 2 = 3 parts.
    assert serra([2, 3, 2, 1]) == 1 * 4 + 3 * 4 + 3 * 3
    assert reachable([2, 4, 4, 1]) == 4 * 11
    assert typical([2, 3, 2, 1]) == pytest.approx(12.5)


@pytest.mark.parametrize("widths", [[2, 6, 1], [2, 4, 4, 1], [2, 3, 3, 3, 1]], ids=str)
def test_counts_keep_to_the_bounds(widths: list[int]) -> None:
    assert reachable(widths) <= serra(widths) <= montufar(widths) <= lei(widths)
    for seed in range(4):
        found = subdivide(random_net(widths, seed), box(4))
        assert 1 <= found.pieces <= found.regions <= serra(widths)
