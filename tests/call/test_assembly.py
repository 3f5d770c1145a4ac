"""Pictures out of packets: whole, in order, and none waits long for what does not come."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from pellucid.call.assembly import AHEAD, PATIENCE, TRIES, Assembly, Coded, Piece

EVERY = 0.04  # seconds between pictures
FIRST = 65_500  # so that numbers wrap


def sent(sizes: list[int], alone: set[int], first: int = FIRST) -> list[Piece]:
    """Pictures of so many packets each; those in `alone` need no other one."""
    pieces: list[Piece] = []
    for picture, size in enumerate(sizes):
        for place in range(size):
            number = (first + len(pieces)) % 2**16
            data = f"{picture}.{place} ".encode()
            whole_alone = picture in alone and place == 0
            pieces.append(Piece(number, 3600 * picture, place == size - 1, data, whole_alone))
    return pieces


def picture(number: int, size: int) -> Coded:
    data = "".join(f"{number}.{place} " for place in range(size)).encode()
    return Coded(data, 3600 * number)


def taken(assembly: Assembly, pieces: list[Piece], every: float = 0.01) -> list[Coded]:
    made: list[Coded] = []
    for tick, piece in enumerate(pieces):
        made += assembly.push(piece, tick * every)
    return made


sizes = st.lists(st.integers(1, 5), min_size=1, max_size=30)


@given(sizes, st.integers(0, 9))
def test_packets_in_any_order_and_twice_give_the_pictures_in_order(
    sizes: list[int], seed: int
) -> None:
    pieces, rng = sent(sizes, {0}), random.Random(seed)
    shuffled = sorted(enumerate(pieces), key=lambda pair: pair[0] + rng.uniform(0, 6))
    mixed = [piece for _, piece in shuffled for _ in range(rng.choice((1, 2)))]
    first = mixed.index(pieces[0])  # what comes before the first packet of all is not known
    mixed = [pieces[0], *mixed[:first], *mixed[first + 1 :]]
    made = taken(Assembly(), mixed, every=0.001)
    assert made == [picture(number, size) for number, size in enumerate(sizes)]


def test_a_picture_is_there_with_its_last_packet() -> None:
    assembly, pieces = Assembly(), sent([3, 2], {0})
    assert [len(assembly.push(piece, 0.0)) for piece in pieces] == [0, 0, 1, 0, 1]


def test_what_came_late_but_in_time_is_used() -> None:
    assembly, pieces = Assembly(), sent([1, 2, 1, 1], {0})
    late = pieces.pop(1)
    assert taken(assembly, pieces) == [picture(0, 1)]
    assert taken(assembly, [late]) == [picture(1, 2), picture(2, 1), picture(3, 1)]
    assert assembly.given_up == 0


def test_what_does_not_come_is_given_up_until_a_picture_that_needs_no_other() -> None:
    assembly, pieces = Assembly(), sent([1] * 40, {0, 30})
    del pieces[5]
    made = taken(assembly, pieces, EVERY)
    numbers = [coded.timestamp // 3600 for coded in made]
    assert numbers == [*range(5), *range(30, 40)]


def test_a_keyframe_that_waits_ends_the_wait() -> None:
    assembly, pieces = Assembly(), sent([1] * 40, {0, 9})
    del pieces[5]
    made = taken(assembly, pieces, EVERY)
    assert [coded.timestamp // 3600 for coded in made] == [*range(5), *range(9, 40)]


@given(st.lists(st.booleans(), min_size=60, max_size=200))
def test_no_picture_waits_longer_than_patience(lost: list[bool]) -> None:
    """Whatever is lost, what comes out is no older than what was waited for, and one packet."""
    assembly, every = Assembly(), 0.01
    pieces = sent([1] * len(lost), set(range(0, len(lost), 7)))
    for tick, (piece, gone) in enumerate(zip(pieces, lost, strict=True)):
        if not gone or tick == 0:
            now = tick * every
            for coded in assembly.push(piece, now):
                silence = longest_run(lost) * every
                assert now - coded.timestamp / 3600 * every <= PATIENCE + silence + 2 * every


def longest_run(lost: list[bool]) -> int:
    longest = run = 0
    for gone in lost:
        run = run + 1 if gone else 0
        longest = max(longest, run)
    return longest


def test_missing_packets_are_asked_for_a_few_times_and_not_at_once() -> None:
    assembly, pieces = Assembly(), sent([1] * 9, {0})
    del pieces[3]
    taken(assembly, pieces[:4], every=0.0)
    asked = [(tick, assembly.missing(tick / 100)) for tick in range(100)]
    times = [tick for tick, numbers in asked if numbers]
    assert [numbers for _, numbers in asked if numbers] == [[FIRST + 3]] * TRIES
    assert times[0] == 2
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 10


def test_a_keyframe_is_asked_for_while_there_is_none() -> None:
    assembly = Assembly()
    pieces = sent([1] * 200, {0})
    del pieces[5]
    wanted = []
    for tick, piece in enumerate(pieces):
        assembly.push(piece, tick * 0.01)
        wanted.append(assembly.wants_keyframe(tick * 0.01))
    assert not any(wanted[: round(100 * PATIENCE)])
    assert 3 <= sum(wanted) <= 7


def test_after_an_outage_it_begins_anew_at_once() -> None:
    assembly, pieces = Assembly(), sent([1] * (AHEAD + 60), {0, AHEAD + 20})
    made = taken(assembly, pieces[:5]) + taken(assembly, pieces[AHEAD + 15 :])
    numbers = [coded.timestamp // 3600 for coded in made]
    assert numbers == [*range(5), *range(AHEAD + 20, AHEAD + 60)]
    assert assembly.missing(9.0) == []


def test_a_sender_who_counts_anew_is_followed() -> None:
    assembly = Assembly()
    made = taken(assembly, sent([2] * 5, {0})) + taken(assembly, sent([2] * 5, {0}, first=9000))
    assert len(made) == 10
