"""Puts decoded pictures on their times: order, durations, and repeats where a picture is missing.

No media in here: a picture is anything, a time is an integer. The decoder tells what it was
given (`expect`), what broke (`fail`) and what came out (`show`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Picture = TypeVar("Picture")

# How many places a picture may come out late: a decoder that lost a key frame, or that learns in
# the middle that frames are reordered, shows a few in the wrong order.
LATE = 4


@dataclass(frozen=True, slots=True)
class Shown(Generic[Picture]):
    """A picture with its final place in time; pts and duration count in time_base units."""

    picture: Picture
    pts: int
    duration: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What a container and a codec promise about times.

    every_packet_shows: one packet is one shown picture, so a silent decoder has lost one.
    gapless: a picture lasts until the next one (MP4), whatever its own packet claims.
    times_are_counts: packets carry no presentation time (AVI); pictures come out in order and
    take the packets' times in rising order.
    """

    every_packet_shows: bool = True
    gapless: bool = False
    times_are_counts: bool = False


class Timeline(Generic[Picture]):
    """Takes pictures in about display order and returns them with strictly rising pts.

    A picture is held until the next one is known, because its duration may depend on it and
    because a missing picture in between is filled with a repeat of it. Memory is bounded by the
    decoder's reordering.
    """

    def __init__(self, rules: Rules) -> None:
        """Start an empty timeline."""
        self.repeated = 0  # missing pictures filled by the one before
        self.lost = 0  # missing pictures with nothing before them to repeat
        self.moved = 0  # pictures whose pts did not rise and had to be moved
        self._rules = rules
        self._expected: dict[int, int] = {}  # pts -> duration of packets sent, not yet shown
        self._failed: dict[int, int] = {}  # the same, of packets that raised
        self._waiting: list[tuple[int, int, Picture, int]] = []  # a heap, earliest pts first
        self._arrived = 0
        self._held: Shown[Picture] | None = None
        self._gap = 0

    def expect(self, pts: int, duration: int) -> None:
        """Note that a packet with this time went into the decoder and should give a picture."""
        self._expected[pts] = duration

    def fail(self, pts: int) -> None:
        """Note that the decoder refused the packet of that time."""
        self._failed[pts] = self._expected.pop(pts, 0)

    def show(self, picture: Picture, pts: int | None, duration: int) -> Iterator[Shown[Picture]]:
        """Take the next picture of the decoder; yield what is now final."""
        if self._rules.times_are_counts:
            pts = min(self._expected, default=pts)
        if pts is None:
            yield from self._place(picture, self._rising(None), duration)
            return
        self._expected.pop(pts, None)
        self._failed.pop(pts, None)
        self._arrived += 1
        heapq.heappush(self._waiting, (pts, self._arrived, picture, duration))
        if len(self._waiting) > LATE:
            yield from self._settle()

    def flush(self) -> Iterator[Shown[Picture]]:
        """End of stream: fill what never came, then let go of the last picture."""
        while self._waiting:
            yield from self._settle()
        yield from self._fill(sorted(self._missing(None)))
        if self._held is not None:
            yield replace(self._held, duration=self._held.duration or self._gap or 1)
        self._held = None

    def _settle(self) -> Iterator[Shown[Picture]]:
        pts, _, picture, duration = heapq.heappop(self._waiting)
        yield from self._fill(sorted(self._missing(pts)))
        yield from self._place(picture, self._rising(pts), duration)

    def _missing(self, before: int | None) -> Iterator[tuple[int, int]]:
        """Take out the times that should have been shown before `before` (None: at all)."""
        for times, counts in (
            (self._failed, True),
            (self._expected, self._rules.every_packet_shows and self._held is not None),
        ):
            for pts in [each for each in times if before is None or each < before]:
                duration = times.pop(pts)
                if counts:
                    yield pts, duration

    def _fill(self, missing: list[tuple[int, int]]) -> Iterator[Shown[Picture]]:
        for pts, duration in missing:
            if self._held is None:
                self.lost += 1
            elif pts > self._held.pts:
                self.repeated += 1
                yield from self._place(self._held.picture, pts, duration)

    def _place(self, picture: Picture, pts: int, duration: int) -> Iterator[Shown[Picture]]:
        held, self._held = self._held, Shown(picture, pts, duration)
        if held is not None:
            self._gap = pts - held.pts
            own = 0 if self._rules.gapless else held.duration
            yield replace(held, duration=own or self._gap)

    def _rising(self, pts: int | None) -> int:
        if self._held is None:
            return pts or 0
        if pts is None:
            return self._held.pts + (self._held.duration or self._gap or 1)
        if pts <= self._held.pts:
            self.moved += 1
            return self._held.pts + 1
        return pts
