"""Which pictures are enhanced when many come in: the one that was chosen, else the largest window.

The processor is enough for one stream, or a few; all others go through as they are, and their
`stats` say "idle".
"""

from __future__ import annotations

from typing import Protocol

from pellucid.errors import FrameError


class Stream(Protocol):
    """Something that can be enhanced or left alone, such as an `EnhancedVideoTrack`."""

    enhancing: bool


class Streams:
    """The streams of one viewer; it sets `enhancing` of each after every change.

    at_once: how many are enhanced. Raises FrameError for fewer than one.
    """

    def __init__(self, at_once: int = 1) -> None:
        if at_once < 1:
            raise FrameError(f"at_once: expected at least 1, got {at_once}")
        self._at_once = at_once
        self._areas: dict[Stream, int] = {}  # of windows, in pixels; in the order they came
        self._chosen: Stream | None = None

    def add(self, stream: Stream) -> None:
        """A stream comes in; nobody has said yet how large its window is."""
        self._areas.setdefault(stream, 0)
        self._assign()

    def remove(self, stream: Stream) -> None:
        """A stream is gone; another one may take its place."""
        self._areas.pop(stream, None)
        self._chosen = None if stream is self._chosen else self._chosen
        self._assign()

    def show(self, stream: Stream, width: int, height: int) -> None:
        """Say how large a stream's window is, in pixels; 0 when it is hidden."""
        self._check(stream)
        self._areas[stream] = width * height
        self._assign()

    def choose(self, stream: Stream | None) -> None:
        """Enhance this one whatever its size; None: the largest again."""
        if stream is not None:
            self._check(stream)
        self._chosen = stream
        self._assign()

    def _check(self, stream: Stream) -> None:
        if stream not in self._areas:
            raise FrameError(f"stream: expected one that was added, got {stream!r}")

    def _assign(self) -> None:
        order = sorted(self._areas, key=lambda one: (one is not self._chosen, -self._areas[one]))
        for place, stream in enumerate(order):
            stream.enhancing = place < self._at_once
