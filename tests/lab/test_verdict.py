"""Verdicts follow from differences, in closed form."""

from __future__ import annotations

import math

import pytest

from pellucid.errors import FrameError
from pellucid.lab.verdict import (
    HIGHER,
    LOWER,
    STUDENT,
    Interval,
    Span,
    Verdict,
    interval_of,
    verdict_on,
)


def test_students_numbers_are_those_of_his_distribution() -> None:
    """Its distribution function has a closed form for 1, 2 and 4 degrees of freedom.

    Three digits after the point are worth 0.0005 times a density of at most 0.04.
    """
    one, two, four = STUDENT[0], STUDENT[1], STUDENT[3]
    assert 0.5 + math.atan(one) / math.pi == pytest.approx(0.975, abs=2e-5)
    assert 0.5 + two / (2 * math.sqrt(2 + two**2)) == pytest.approx(0.975, abs=2e-5)
    scaled = 1 + four**2 / 4
    shape = four / math.sqrt(scaled) * (1 - four**2 / (12 * scaled))
    assert 0.5 + 3 / 8 * shape == pytest.approx(0.975, abs=2e-5)
    assert list(STUDENT) == sorted(STUDENT, reverse=True)


def test_an_interval_is_worked_out_by_hand() -> None:
    measured = interval_of([1, 2, 3, 4, 5])
    half = 2.776 * math.sqrt(2.5) / math.sqrt(5)
    assert measured.mean == 3
    assert measured.high == pytest.approx(3 + half)
    assert measured.low == pytest.approx(3 - half)
    assert measured.told(1) == "+3.0 [+1.0, +5.0]"


def test_known_differences_have_known_verdicts() -> None:
    slightly = Span(0, 10)
    cases: list[tuple[list[float], Span, Verdict]] = [
        ([-2, -2.1, -1.9], LOWER, "holds"),
        ([2, 2.1, 1.9], LOWER, "fails"),
        ([2, -2.1, 0.1], LOWER, "inconclusive"),
        ([2, 2.1, 1.9], HIGHER, "holds"),
        ([2, 2.1, 1.9], slightly, "holds"),
        ([20, 21, 19], slightly, "fails"),
        ([-2, -2.1, -1.9], slightly, "fails"),
        ([9, 10, 11], slightly, "inconclusive"),
        ([0, 0, 0], LOWER, "fails"),  # the same is not lower
    ]
    for differences, claimed, verdict in cases:
        assert verdict_on(claimed, interval_of(differences)) == verdict, differences


def test_more_pairs_of_the_same_spread_tell_more() -> None:
    few, many = interval_of([1, 3]), interval_of([1, 3] * 5)
    assert (verdict_on(HIGHER, few), verdict_on(HIGHER, many)) == ("inconclusive", "holds")


def test_what_cannot_be_judged_is_refused() -> None:
    for count in (0, 1, 11):
        with pytest.raises(FrameError, match=f"expected 2 to 10, got {count}"):
            interval_of([1.0] * count)
    with pytest.raises(FrameError, match="low < high"):
        Span(1, 1)
    assert verdict_on(Span(0, 1), Interval(0.5, 0.2, 0.8)) == "holds"
