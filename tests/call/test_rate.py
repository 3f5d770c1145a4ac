"""How much is sent: what the receiver estimates, less where packets are lost, never too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.call.rate import FIRST, FULL, LEAST, MOST, Budget, Rate


def test_it_begins_with_a_guess_and_follows_the_estimate() -> None:
    rate = Rate()
    assert rate.allowed == FIRST
    rate.estimated(300_000)
    assert rate.allowed == 300_000


@given(st.lists(st.one_of(st.floats(0, 1), st.floats(1000, 1e8)), max_size=50))
def test_it_stays_in_its_range(events: list[float]) -> None:
    rate = Rate()
    for event in events:
        if event <= 1:
            rate.lost(event)
        else:
            rate.estimated(event)
        assert LEAST <= rate.allowed <= MOST


def test_much_loss_lowers_it_by_half_the_share() -> None:
    """draft-ietf-rmcat-gcc-02, equation of section 6: A_hat = A_hat (1 - 0.5 p)."""
    rate = Rate()
    rate.lost(0.4)
    assert rate.allowed == pytest.approx(FIRST * 0.8)
    rate.lost(0.05)
    assert rate.allowed == pytest.approx(FIRST * 0.8)


def test_little_loss_raises_it_as_far_as_the_estimate() -> None:
    rate = Rate()
    rate.estimated(2_000_000)
    for _ in range(30):
        rate.lost(0.0)
    assert rate.allowed == 2_000_000


@given(
    st.lists(st.tuples(st.floats(0, 0.1), st.integers(1, 30_000)), min_size=1),
    st.floats(LEAST, MOST),
)
def test_no_more_is_sent_than_the_rate_and_one_picture(
    pictures: list[tuple[float, int]], rate: float
) -> None:
    budget, now, spent = Budget(), 0.0, 0
    largest = max(size for _, size in pictures)
    for wait, size in pictures:
        now += wait
        if budget.has_room(now, rate):
            budget.spend(size)
            spent += size
    assert 8 * spent <= rate * (now + FULL) + 8 * largest + 1e-3


def test_what_is_owed_leaks_at_the_rate() -> None:
    budget = Budget()
    budget.owed(0.0, 8000)
    budget.spend(1000)
    assert budget.owed(0.25, 8000) == pytest.approx(0.75)
    assert not budget.has_room(0.5, 8000)
    assert budget.has_room(0.95, 8000)
