"""What a way carries is told from when packets came: a queue lowers it, jitter and loss do not."""

from __future__ import annotations

from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.way import GOOD, Sender
from pellucid.call.estimate import FIRST, Estimate
from pellucid.call.impairment import Conditions


@pytest.mark.parametrize("jitter", [20, 50])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_loss_and_jitter_are_no_queue(seed: int, jitter: float) -> None:
    sender = Sender(seed)
    sender.send(GOOD, 5)
    before = sender.rate
    sender.send(Conditions(loss=0.05, delay_ms=20 + jitter, jitter_ms=jitter), 20)
    assert min(sender.rates) >= before > FIRST


@pytest.mark.parametrize("rate_kbps", [150, 300, 800])
def test_a_bottleneck_builds_no_queue_and_is_used(rate_kbps: float) -> None:
    sender = Sender()
    sender.send(GOOD, 5)
    sender.send(Conditions(delay_ms=20, rate_kbps=rate_kbps), 5)
    sender.send(Conditions(delay_ms=20, rate_kbps=rate_kbps), 20)
    assert quantiles(sender.delays)[1] < 0.08
    assert quantiles(sender.delays, n=20)[-1] < 0.16
    assert 0.6 < sum(sender.rates) / len(sender.rates) / 1000 / rate_kbps < 1.05


def test_a_bottleneck_with_jitter_is_still_found() -> None:
    sender, narrow = Sender(), Conditions(delay_ms=40, jitter_ms=20, rate_kbps=300)
    sender.send(GOOD, 5)
    sender.send(narrow, 5)
    sender.send(narrow, 20)
    assert quantiles(sender.delays)[1] < 0.12
    assert 0.6 < sum(sender.rates) / len(sender.rates) / 300_000 < 1.05


def test_the_rate_comes_back_after_a_bottleneck() -> None:
    sender = Sender()
    sender.send(GOOD, 5)
    sender.send(Conditions(delay_ms=20, rate_kbps=300), 20)
    sender.send(GOOD, 10)
    assert sender.rate > 1_000_000


def test_a_longer_way_is_no_queue_for_long() -> None:
    sender = Sender()
    sender.send(GOOD, 10)
    sender.send(Conditions(delay_ms=150), 10)
    assert sender.rate > FIRST


def test_little_that_arrives_is_no_reason_to_send_less() -> None:
    estimate = Estimate()
    assert not any(estimate.push(number / 10, number / 10, 100) for number in range(99))
    assert estimate.rate == FIRST


@given(st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 1), st.integers(0, 1500)), max_size=80))
def test_the_rate_is_no_more_than_what_arrives_allows(
    packets: list[tuple[float, float, int]],
) -> None:
    estimate, now, most = Estimate(), 0.0, 0.0  # whatever comes
    for wait, delay, octets in packets:
        now += wait
        estimate.push(now - delay, now, octets)
        most = max(most, estimate.arriving())
        assert 0 <= estimate.rate <= max(FIRST, 1.5 * most)
        assert estimate.standing >= 0
