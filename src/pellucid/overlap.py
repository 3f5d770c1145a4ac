"""Two ends of a pipeline in threads of their own, so that reading, computing and writing overlap.

    with Behind(sink.write, 2) as writer:
        for frame in ahead(source, 2):
            writer.put(compute(frame))

Order is kept, and never more items than the limits wait, however fast one side is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from queue import Empty, Full, Queue
from threading import Event, Thread
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")

PATIENCE = 0.1  # seconds between looks at whether the other side has gone


class _End:
    """The last thing in a queue: the work is over, or failed."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure


def ahead(items: Iterable[Item], limit: int) -> Generator[Item, None, None]:
    """Iterate in another thread, at most `limit` items ahead. What that raises is raised here."""
    queue: Queue[Item | _End] = Queue(limit)
    left = Event()

    def read() -> None:
        end = _End()
        try:
            for item in items:
                if not _put(queue, item, left):
                    return
        except BaseException as failure:
            end = _End(failure)
        _put(queue, end, left)

    reader = Thread(target=read, name="pellucid-read", daemon=True)
    reader.start()
    try:
        while not isinstance(item := queue.get(), _End):
            yield item
        if item.failure:
            raise item.failure
    finally:
        left.set()
        reader.join()


class Behind(Generic[Item]):
    """Hands items to `work` in another thread, in order, at most `limit` waiting.

    What `work` raises is raised by the next `put`, or at the end of the `with` block. Where the
    block itself fails, what still waits is dropped.
    """

    def __init__(self, work: Callable[[Item], None], limit: int) -> None:
        self._work = work
        self._queue: Queue[Item | _End] = Queue(limit)
        self._left = Event()  # set by whichever side ends first
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run, name="pellucid-write", daemon=True)

    def __enter__(self) -> Behind[Item]:
        self._thread.start()
        return self

    def put(self, item: Item) -> None:
        """Hand over an item; waits while too many do."""
        if not _put(self._queue, item, self._left) and self._failure:
            raise self._failure

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error:
            self._left.set()
        _put(self._queue, _End(), self._left)
        self._thread.join()
        if self._failure and not error:
            raise self._failure

    def _run(self) -> None:
        try:
            while not isinstance(item := self._next(), _End):
                self._work(item)
        except BaseException as failure:
            self._failure = failure
            self._left.set()

    def _next(self) -> Item | _End:
        while not self._left.is_set():
            try:
                return self._queue.get(timeout=PATIENCE)
            except Empty:
                continue
        return _End()


def _put(queue: Queue[Item | _End], item: Item | _End, left: Event) -> bool:
    """Whether the item went in before the other side left."""
    while not left.is_set():
        try:
            queue.put(item, timeout=PATIENCE)
        except Full:
            continue
        return True
    return False
