"""The one streaming contract, and the two ways to use it: `Chain` joins stages, `run` drives one.

tests/laws.py holds every stage to the contract: chunking does not matter, streaming equals
offline, nothing is lost, pts stay contiguous, no output looks further ahead than `latency`,
and a flushed stage is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from pellucid.errors import StreamClosed

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
Frame = TypeVar("Frame")


class Stage(Protocol[In, Out]):
    """Turns a stream of `In` into a stream of `Out`; holds no clock, no thread and no file.

    One instance serves one stream: build another for the next call.
    """

    @property
    def latency(self) -> float:
        """Algorithmic delay in seconds, not counting compute."""

    def push(self, frame: In, /) -> Sequence[Out]:
        """Take one frame; return the none, one or several frames that are now ready."""

    def flush(self) -> Sequence[Out]:
        """End the stream and return the rest; a later `push` raises `StreamClosed`."""


class Chain(Stage[Frame, Frame]):
    """Runs stages one after another; their latencies add."""

    def __init__(self, *stages: Stage[Frame, Frame]) -> None:
        self.stages = stages
        self._closed = False

    @property
    def latency(self) -> float:
        """Sum of the stages' latencies, in seconds."""
        return sum(stage.latency for stage in self.stages)

    def push(self, frame: Frame, /) -> Sequence[Frame]:
        """Pass one frame through every stage. Raises StreamClosed after `flush`."""
        if self._closed:
            raise StreamClosed("push() after flush(): build a new Chain for a new stream")
        return _through([frame], self.stages)

    def flush(self) -> Sequence[Frame]:
        """Flush from the first stage on, so what one still held passes through the next."""
        self._closed = True
        rest: list[Frame] = []
        for stage in self.stages:
            rest = [*_through(rest, [stage]), *stage.flush()]
        return rest


def run(stage: Stage[In, Out], frames: Iterable[In]) -> Iterator[Out]:
    """Push every frame, then flush: the offline form of any stage."""
    for frame in frames:
        yield from stage.push(frame)
    yield from stage.flush()


def _through(frames: Iterable[Frame], stages: Iterable[Stage[Frame, Frame]]) -> list[Frame]:
    ready = list(frames)
    for stage in stages:
        ready = [made for frame in ready for made in stage.push(frame)]
    return ready
