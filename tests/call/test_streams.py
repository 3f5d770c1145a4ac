"""Of many streams the chosen one is enhanced, or the largest; all others are idle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.call.streams import Streams
from pellucid.errors import FrameError


class Plain:
    """A stream of which only the switch matters."""

    enhancing = True


def enhanced(plains: list[Plain]) -> list[int]:
    return [number for number, one in enumerate(plains) if one.enhancing]


def several(count: int, at_once: int = 1) -> tuple[Streams, list[Plain]]:
    streams, plains = Streams(at_once), [Plain() for _ in range(count)]
    for one in plains:
        streams.add(one)
    return streams, plains


def test_the_first_then_the_largest_then_the_chosen() -> None:
    streams, plains = several(3)
    assert enhanced(plains) == [0]
    streams.show(plains[2], 640, 480)
    streams.show(plains[1], 320, 240)
    assert enhanced(plains) == [2]
    streams.choose(plains[1])
    assert enhanced(plains) == [1]
    streams.choose(None)
    assert enhanced(plains) == [2]


def test_where_one_is_gone_another_takes_its_place() -> None:
    streams, plains = several(3)
    streams.choose(plains[2])
    streams.remove(plains[2])
    assert enhanced(plains[:2]) == [0]
    streams.remove(plains[0])
    assert enhanced(plains[1:2]) == [0]
    streams.remove(plains[0])  # again: nothing happens
    with pytest.raises(FrameError, match="stream: expected one that was added"):
        streams.choose(plains[0])


@given(
    areas=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 4000)), min_size=1, max_size=12),
    at_once=st.integers(1, 4),
)
def test_as_many_as_allowed_and_none_smaller_than_the_rest(
    areas: list[tuple[int, int]], at_once: int
) -> None:
    streams, plains = several(len(areas), at_once)
    for one, (width, height) in zip(plains, areas, strict=True):
        streams.show(one, width, height)
    chosen = enhanced(plains)
    assert len(chosen) == min(at_once, len(areas))
    smallest = min(areas[number][0] * areas[number][1] for number in chosen)
    assert all(w * h <= smallest for n, (w, h) in enumerate(areas) if n not in chosen)


def test_less_than_one_is_refused() -> None:
    with pytest.raises(FrameError, match="at_once: expected at least 1, got 0"):
        Streams(0)
