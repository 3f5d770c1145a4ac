"""The jitter buffer: order, gaps, delay that stays where it should, and a count of everything."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from call.links import DELAY, STEP, Heard, Link, listen, packet, rough, sent, steady, without
from pellucid.call.delay import BUCKET, LEAST
from pellucid.call.packets import LONGEST, Packet, distance, opus_duration
from pellucid.call.playout import BAND, MOST, Playout, PlayoutStats
from pellucid.errors import FrameError

SECONDS = 20.0
COUNT = round(SECONDS / STEP)


def through(link: Link, seconds: float = SECONDS, first: int = 0) -> tuple[list[Heard], Playout]:
    """What is heard of packets that are sent for so long, and the buffer."""
    playout = Playout()
    return listen(sent(round(seconds / STEP), link, first), seconds, playout), playout


def numbers(heard: list[Heard]) -> list[int]:
    return [number for one in heard for number in one.numbers]


def delays(heard: list[Heard]) -> list[float]:
    return [one.delay for one in heard if one.numbers]


def accounts_fit(stats: PlayoutStats) -> None:
    """See PlayoutStats: no packet is counted twice or not at all."""
    gone = stats.late + stats.duplicates + stats.strangers + stats.skipped
    assert stats.received == stats.played + gone + stats.waiting


# One packet, ten packets, two seconds


def test_a_steady_link_is_heard_whole() -> None:
    heard, playout = through(steady)
    assert numbers(heard) == list(range(len(numbers(heard))))
    stats = playout.stats
    assert stats.concealed == stats.lost == stats.skipped == stats.late == 0
    assert stats.played + stats.waiting == stats.received
    assert delays(heard)[-1] <= DELAY + LEAST + BAND


@pytest.mark.parametrize("lost", [(500,), (500, 700, 702), tuple(range(500, 510))])
def test_what_is_lost_is_missing_and_no_more(lost: tuple[int, ...]) -> None:
    heard, playout = through(without(*lost))
    assert playout.stats.concealed == playout.stats.lost == len(lost)
    assert delays(heard)[-1] == pytest.approx(delays(heard)[400], abs=1e-9)
    assert not set(lost) & set(numbers(heard))
    silent = [one for one in heard[10:] if not one.numbers]
    assert len(silent) == len(lost)


@pytest.mark.parametrize("stalled", [False, True])
@pytest.mark.parametrize("begin", [100, 500])
def test_two_seconds_of_outage_are_over_within_seconds(stalled: bool, begin: int) -> None:
    end = begin + 100

    def link(number: int) -> tuple[float, ...]:
        if not begin <= number < end:
            return steady(number)
        return (end * STEP + DELAY + 1e-3 * (number - begin),) if stalled else ()

    heard, _ = through(link)
    before = delays(heard[: begin - 20])[-1]
    after = [one for one in heard if one.at > end * STEP + 6]
    assert all(one.numbers for one in after)
    assert max(delays(after)) <= before + STEP
    at_once = [one for one in heard if one.numbers and one.at > end * STEP + DELAY]
    assert at_once[0].at < end * STEP + 0.2


@pytest.mark.parametrize("ppm", [-500, 500])
def test_clocks_may_drift(ppm: int) -> None:
    """Two minutes; a sender that is fast would fill the buffer, a slow one empty it."""
    pace = STEP * (1 + ppm / 1e6)
    packets = [(number * pace + DELAY, packet(number)) for number in range(6_000)]
    playout = Playout()
    listen(packets, 119.0, playout)
    off = 120 * abs(ppm) / 1e6 / STEP  # packets
    stats = playout.stats
    assert stats.concealed <= off + 1
    assert stats.joined <= off + 2
    assert stats.delay_ms <= 1000 * (LEAST + BAND)
    accounts_fit(stats)


# Whatever a network does


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    loss=st.floats(0, 0.5),
    jitter=st.floats(0, 0.3),
    twice=st.floats(0, 0.3),
)
def test_order_and_accounts_hold_on_any_link(
    seed: int, loss: float, jitter: float, twice: float
) -> None:
    heard, playout = through(rough(seed, loss, jitter, twice), 12.0)
    got, stats = numbers(heard), playout.stats
    assert all(before < after for before, after in pairwise(got))
    accounts_fit(stats)
    assert stats.played == len(got)
    assert len(heard) == stats.played - stats.joined + stats.concealed + stats.quiet
    assert stats.waiting <= 0.02 * 600 + jitter / STEP + 20


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), jitter=st.floats(0, 0.2))
def test_delay_follows_the_jitter_and_few_packets_are_late(seed: int, jitter: float) -> None:
    heard, playout = through(rough(seed, 0.0, jitter), 40.0)
    settled = [one for one in heard if one.at > 10]
    missing = sum(not one.numbers for one in settled)
    assert missing <= 0.02 * len(settled)
    worst = DELAY + jitter + BUCKET + STEP + BAND
    assert max(delays(settled)) <= max(worst, DELAY + LEAST + BAND + STEP)
    assert playout.stats.target_ms <= 1000 * max(jitter + BUCKET, LEAST)


@settings(deadline=None, max_examples=20)
@given(first=st.integers(0, 2**20), seed=st.integers(0, 100))
def test_where_numbers_start_does_not_matter(first: int, seed: int) -> None:
    one, other = through(rough(seed, 0.1, 0.05), 8.0), through(rough(seed, 0.1, 0.05), 8.0, first)
    assert one[0] == other[0]
    assert one[1].stats == other[1].stats


def test_a_flood_that_nobody_pulls_stays_small() -> None:
    playout = Playout()
    for number in range(20_000):
        playout.push(packet(number), number * 1e-4)
    assert playout.stats.waiting == MOST
    accounts_fit(playout.stats)
    heard = [playout.pull(2.0 + number * STEP) for number in range(20)]
    assert any(heard)


# Exact cases


def test_reordered_packets_are_put_in_order() -> None:
    swapped = {500: 501, 501: 500}
    heard, playout = through(lambda number: steady(swapped.get(number, number)))
    assert numbers(heard) == list(range(len(numbers(heard))))
    assert playout.stats.concealed <= 1


def test_duplicates_and_what_comes_too_late_are_dropped() -> None:
    def link(number: int) -> tuple[float, ...]:
        at = number * STEP + DELAY
        return {300: (at, at, at + 0.3), 400: (at + 0.5,)}.get(number, (at,))

    heard, playout = through(link)
    assert playout.stats.duplicates == 2
    assert playout.stats.late == playout.stats.lost == playout.stats.concealed == 1
    assert numbers(heard).count(300) == 1
    assert 400 not in numbers(heard)


def test_a_pause_of_the_sender_is_no_loss() -> None:
    """Opus in DTX: numbers go on, times jump."""
    packets = [(n * STEP + DELAY, packet(n)) for n in range(200)]
    later = [packet(n, timestamp=960 * (n + 150)) for n in range(200, 400)]
    packets += [((n + 350) * STEP + DELAY, one) for n, one in enumerate(later)]
    playout = Playout()
    heard = listen(packets, 10.0, playout)
    stats = playout.stats
    assert numbers(heard) == list(range(len(numbers(heard))))
    assert (stats.concealed, stats.lost) == (0, 0)
    assert stats.quiet >= 149
    assert stats.delay_ms <= 1000 * (LEAST + STEP)


@pytest.mark.parametrize(
    "changed",
    [{"ssrc": 7}, {"sequence": 30_000}, {"timestamp": 5}, {"sequence": 9, "timestamp": 10**9}],
)
def test_a_sender_who_begins_anew_is_heard_whole(changed: dict[str, int]) -> None:
    def again(number: int) -> Packet:
        moved = {
            name: first + number * {"ssrc": 0, "sequence": 1, "timestamp": 960}[name]
            for name, first in changed.items()
        }
        return packet(500 + number, **moved)

    packets = sent(500, steady)
    packets += [((500 + n) * STEP + DELAY, again(n)) for n in range(200)]
    playout = Playout()
    heard = listen(packets, 13.0, playout)
    stats = playout.stats
    assert (stats.restarts, stats.strangers) == (1, 0)
    assert [n for n in numbers(heard) if n >= 500][:100] == list(range(500, 600))
    accounts_fit(stats)


def test_a_stranger_alone_changes_nothing() -> None:
    packets = [*sent(500, steady), (5.0, packet(9, ssrc=99)), (6.0, packet(9, sequence=40_000))]
    playout = Playout()
    heard = listen(packets, 9.9, playout)
    assert playout.stats.strangers == 2
    assert playout.stats.restarts == playout.stats.concealed == 0
    assert numbers(heard) == list(range(len(numbers(heard))))


def after_a_stall(level_db: float | None) -> tuple[list[Heard], Playout]:
    """The listener stood still for 0.1 s at 10 s, so that more waits than should."""
    playout = Playout()
    packets = [(at, packet(n, level_db=level_db)) for n in range(1000) for at in steady(n)]
    before = [pair for pair in packets if pair[0] < 9.98]
    heard = listen(before, 10.0, playout)
    return heard + listen(packets[len(before) :], SECONDS, playout, phase=10.105), playout


@pytest.mark.parametrize("level_db", [None, -20.0, -70.0])
def test_delay_shrinks_by_joining_packets_soonest_where_it_is_quiet(level_db: float | None) -> None:
    heard, playout = after_a_stall(level_db)
    stats, joined = playout.stats, [one for one in heard if len(one.numbers) == 2 and one.at > 10]
    assert stats.concealed == stats.skipped == 0
    assert 3 <= len(joined) <= 5
    assert all(first + 1 == second for first, second in (one.numbers for one in joined))
    assert delays(heard)[-1] <= DELAY + LEAST + BAND
    apart = [after.at - before.at for before, after in pairwise(joined)]
    assert max(apart) < 0.03 if level_db == -70 else min(apart) > 0.3


def test_delay_grows_to_the_jitter() -> None:
    """One packet in twenty is late from 6 s on: at quiet packets, or as they are concealed."""
    late = dict.fromkeys(range(300, 1000, 20), 0.08)
    results = {}
    for level_db in (-20.0, -70.0):
        playout = Playout()
        packets = [
            (n * STEP + DELAY + late.get(n, 0), packet(n, level_db=level_db)) for n in range(1000)
        ]
        results[level_db] = delays(listen(packets, SECONDS, playout))
        assert playout.stats.target_ms == pytest.approx(90, abs=11)
    assert results[-70.0][-1] >= DELAY + 0.08
    assert results[-20.0][-1] >= DELAY + 0.06


def test_packets_of_other_lengths_keep_their_time() -> None:
    """60 ms each; a missing one is three pulls of 20 ms."""
    playout, at, given, missing = Playout(), 0.005, [], 0
    coming = [(n * 0.06 + DELAY, Packet(n, 2880 * n, 2880)) for n in range(200) if n != 50]
    while at < 11.5:
        while coming and coming[0][0] <= at:
            arrived, one = coming.pop(0)
            playout.push(one, arrived)
        pulled = playout.pull(at)
        given += [one.sequence for one in pulled]
        missing += not pulled
        at += 0.06 if pulled else 0.02
    assert given == [n for n in range(len(given) + 1) if n != 50]
    assert playout.stats.concealed == 3


# Numbers


def test_the_distance_of_numbers_is_the_short_way_round() -> None:
    assert distance(2, 65_535, 16) == 3
    assert distance(65_535, 2, 16) == -3
    assert distance(5, 2**32 - 5, 32) == 10


@pytest.mark.parametrize(
    ("payload", "milliseconds"),
    [
        (b"", 0),
        (bytes([0 << 3]), 10),  # SILK, 10 ms, one frame
        (bytes([3 << 3]), 60),
        (bytes([13 << 3 | 1]), 40),  # hybrid, 20 ms, two frames
        (bytes([31 << 3]), 20),  # CELT
        (bytes([28 << 3]), 2.5),
        (bytes([31 << 3 | 3, 6]), 120),
        (bytes([31 << 3 | 3, 7]), 0),  # more than 120 ms is no packet
        (bytes([31 << 3 | 3]), 0),
    ],
)
def test_opus_says_how_long_a_packet_is(payload: bytes, milliseconds: float) -> None:
    assert opus_duration(payload) == 48 * milliseconds


@given(payload=st.binary(max_size=8))
def test_any_bytes_have_a_length_that_a_packet_may_have(payload: bytes) -> None:
    duration = opus_duration(payload)
    assert 0 <= duration <= LONGEST
    assert duration % 120 == 0


@pytest.mark.parametrize(
    ("name", "value"), [("sequence", 2**16), ("timestamp", -1), ("duration", 0)]
)
def test_numbers_out_of_range_are_refused(name: str, value: int) -> None:
    with pytest.raises(FrameError, match=f"{name}: expected"):
        packet(0, **{name: value})
