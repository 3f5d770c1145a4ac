"""What a bad network does: as often as asked, as long as asked, and the same again by its seed."""

from __future__ import annotations

import pytest

from pellucid.call.impairment import QUEUE, Conditions, Impairment
from pellucid.errors import FrameError

SIZE, EVERY = 500, 0.01  # octets, seconds


def arrivals(conditions: Conditions, count: int, seed: int = 1) -> list[float | None]:
    """Seconds that each of `count` datagrams is under way."""
    link = Impairment(conditions, seed)
    due = [link.arrival(SIZE, number * EVERY) for number in range(count)]
    return [None if at is None else at - number * EVERY for number, at in enumerate(due)]


def test_nothing_is_done_where_nothing_is_wished() -> None:
    assert arrivals(Conditions(), 100) == [0] * 100


@pytest.mark.parametrize("loss", [0.02, 0.3])
def test_as_many_are_lost_as_was_wished(loss: float) -> None:
    made = arrivals(Conditions(loss=loss), 20_000)
    assert abs(made.count(None) / 20_000 - loss) < 4 * (loss / 20_000) ** 0.5


def test_delays_lie_within_the_jitter_and_fill_it() -> None:
    made = [one for one in arrivals(Conditions(delay_ms=40, jitter_ms=20), 2000) if one is not None]
    assert len(made) == 2000
    assert 0.02 <= min(made) < 0.021
    assert 0.059 < max(made) <= 0.06


def test_nothing_arrives_before_it_was_sent() -> None:
    made = arrivals(Conditions(delay_ms=5, jitter_ms=50), 500)
    assert min(one for one in made if one is not None) == 0


def test_a_bottleneck_lets_through_its_rate_and_queues_no_longer_than_it_may() -> None:
    made = arrivals(Conditions(rate_kbps=200), 2000)  # half of the 400 kbit/s that come
    came = [(number * EVERY + one) for number, one in enumerate(made) if one is not None]
    assert came == sorted(came)
    assert len(came) * SIZE * 8 == pytest.approx(200_000 * came[-1])
    longest = QUEUE + SIZE * 8 / 200_000
    assert max(one for one in made if one is not None) <= longest + 1e-9


def test_a_seed_decides_alike_and_another_otherwise() -> None:
    rough = Conditions(loss=0.1, delay_ms=40, jitter_ms=20, rate_kbps=1000)
    assert arrivals(rough, 300, 7) == arrivals(rough, 300, 7)
    assert arrivals(rough, 300, 7) != arrivals(rough, 300, 8)


def test_the_counts_add_up() -> None:
    link = Impairment(Conditions(loss=0.2, rate_kbps=100), seed=3)
    due = [link.arrival(SIZE, number * EVERY) for number in range(1000)]
    stats = link.stats
    assert (stats.packets, stats.octets) == (1000, 1000 * SIZE)
    assert stats.lost > 0
    assert stats.dropped > 0
    assert stats.packets - stats.lost - stats.dropped == sum(at is not None for at in due)


def test_conditions_may_change_on_the_way() -> None:
    link = Impairment()
    assert link.arrival(SIZE, 0.0) == 0.0
    link.conditions = Conditions(loss=1)
    assert link.arrival(SIZE, 1.0) is None
    link.conditions = Conditions(delay_ms=100)
    assert link.arrival(SIZE, 2.0) == pytest.approx(2.1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("loss", -0.1), ("loss", 1.1), ("loss", float("nan")), ("loss", True), ("loss", "1"),
     ("delay_ms", 501), ("jitter_ms", -1), ("rate_kbps", 49), ("rate_kbps", 1e9)],
)  # fmt: skip
def test_impossible_conditions_are_refused(name: str, value: object) -> None:
    with pytest.raises(FrameError, match=name):
        Conditions(**{name: value})  # type: ignore[arg-type]
