"""Reading ahead and writing behind keep order, bounds and failures."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, active_count

import pytest

from pellucid.overlap import Behind, ahead


def numbers(count: int, failure: Exception | None = None) -> Iterator[int]:
    yield from range(count)
    if failure:
        raise failure


def test_order_is_kept_and_nothing_is_lost() -> None:
    written: list[int] = []
    with Behind(written.append, 2) as writer:
        for number in ahead(range(500), 2):
            writer.put(number)
    assert written == list(range(500))


def test_no_more_than_the_limit_is_read_ahead() -> None:
    taken: list[int] = []

    def watched() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    for number in ahead(watched(), 2):
        # Two wait, one is in hand, and one more may be on its way in.
        assert len(taken) <= number + 4
    assert len(taken) == 20


def test_no_more_than_the_limit_waits_to_be_written() -> None:
    gate, put = Event(), []
    with Behind(lambda number: gate.wait(5) and None, 2) as writer:
        for number in range(3):
            writer.put(number)
            put.append(number)
        assert writer._queue.qsize() <= 2
        gate.set()


def test_a_reader_that_fails_fails_here_after_what_it_read() -> None:
    items = ahead(numbers(5, KeyError("gone")), 2)
    assert [next(items) for _ in range(5)] == list(range(5))
    with pytest.raises(KeyError, match="gone"):
        next(items)


def pass_on(source: Iterator[int], writer: Behind[int], stop_at: int = -1) -> None:
    with writer:
        for number in source:
            writer.put(number)
            if number == stop_at:
                raise RuntimeError("half way")


def test_a_writer_that_fails_fails_here() -> None:
    def fail(number: int) -> None:
        raise OSError(f"disk full at {number}")

    with pytest.raises(OSError, match="disk full at 0"):
        pass_on(numbers(1000), Behind(fail, 1))


def test_a_failure_between_them_ends_both_threads() -> None:
    before = active_count()
    written: list[int] = []
    source = ahead(range(1000), 2)
    with pytest.raises(RuntimeError, match="half way"):
        pass_on(source, Behind(written.append, 2), stop_at=10)
    source.close()
    assert written == list(range(len(written)))
    assert active_count() == before
