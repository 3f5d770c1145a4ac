"""Bjøntegaard's delta rate against its closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.bench.bd_rate import RatePoint, bd_rate, monotone_slopes

CURVE: list[RatePoint] = [(150, 31.0), (300, 33.5), (600, 35.1)]


@given(factor=st.floats(0.1, 10))
def test_a_factor_in_rate_is_that_factor(factor: float) -> None:
    scaled = [(rate * factor, quality) for rate, quality in CURVE]
    assert bd_rate(CURVE, scaled) == pytest.approx(100 * (factor - 1), abs=1e-6)


def test_half_the_rate_at_equal_quality_is_minus_fifty_percent() -> None:
    assert bd_rate(CURVE, [(rate / 2, quality) for rate, quality in CURVE]) == pytest.approx(-50)


def test_a_curve_against_itself_is_zero() -> None:
    assert bd_rate(CURVE, CURVE) == pytest.approx(0)


def test_quality_that_is_linear_in_log_rate_shifts_exactly() -> None:
    rates = np.array([100.0, 200.0, 400.0, 800.0])
    anchor = [(rate, 10 * np.log2(rate)) for rate in rates]
    better = [(rate, 10 * np.log2(rate) + 5) for rate in rates]  # half a doubling
    assert bd_rate(anchor, better) == pytest.approx(100 * (2**-0.5 - 1))


def test_swapping_the_two_inverts_the_ratio() -> None:
    other = [(140.0, 31.4), (310.0, 33.9), (590.0, 35.9)]
    there, back = bd_rate(CURVE, other), bd_rate(other, CURVE)
    assert there is not None
    assert back is not None
    assert (1 + there / 100) * (1 + back / 100) == pytest.approx(1)


def test_the_order_of_points_does_not_matter() -> None:
    other = [(140.0, 31.4), (310.0, 33.9), (590.0, 35.9)]
    assert bd_rate(CURVE, other) == bd_rate(CURVE[::-1], other[::-1])


def test_curves_without_a_shared_quality_have_no_answer() -> None:
    assert bd_rate(CURVE, [(rate, quality + 50) for rate, quality in CURVE]) is None
    assert bd_rate(CURVE, [(150, 33.0), (300, 33.0), (600, 34.0)]) is None


def test_slopes_follow_a_line_and_never_overshoot() -> None:
    x = np.array([0.0, 1.0, 3.0, 4.0])
    assert monotone_slopes(x, 2 * x) == pytest.approx([2, 2, 2, 2])
    assert monotone_slopes(x, np.array([0.0, 1.0, 0.0, 1.0]))[1:-1] == pytest.approx([0, 0])
