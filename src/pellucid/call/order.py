"""Puts packets in their place: numbers that do not wrap; duplicates and strangers are left out.

A packet is a stranger when it is of another source, or its number or its time is far from all that
came before. Two strangers that fit together are the sender, who began anew.

Source: RFC 3550, appendix A.1, which ours extends to the source and to times.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from pellucid.call.packets import CLOCK_RATE, SEQUENCE_BITS, TIMESTAMP_BITS, Packet, distance

BACK, AHEAD = 100, 3000  # packets: further off is a stranger
ELSEWHERE = 5.0  # seconds that a transit may change by
TOGETHER = 10  # packets: two strangers no further apart belong together
REMEMBERED = 512  # numbers, to know duplicates by


@dataclass(frozen=True, slots=True)
class Placed:
    """A packet in its place. number, start: its sequence and timestamp, counted from the first
    packet's, and not wrapped. arrived: seconds. fresh: the first of a sender who begins.
    """

    number: int
    start: int
    packet: Packet
    arrived: float
    fresh: bool = False

    @property
    def end(self) -> int:
        """Timestamp of the sample that follows."""
        return self.start + self.packet.duration

    @property
    def transit(self) -> float:
        """Seconds from being spoken to arriving, by two clocks that do not agree."""
        return self.arrived - self.start / CLOCK_RATE


class Order:
    """Places the packets of one stream. It counts duplicates, strangers and restarts."""

    def __init__(self) -> None:
        self.duplicates = self.strangers = self.restarts = 0
        self._newest: Placed | None = None
        self._stranger: tuple[Packet, float] | None = None
        self._seen: deque[int] = deque(maxlen=REMEMBERED)

    def place(self, packet: Packet, arrived: float) -> tuple[Placed, ...]:
        """The packet in its place; nothing for a duplicate or a stranger; two where two strangers
        belong together.
        """
        if self._newest is None:
            return (self._begin(packet, arrived),)
        placed = self._beside(self._newest, packet, arrived)
        if _is_far(placed, self._newest):
            return self._strange(packet, arrived)
        self._stranger = None
        if placed.number in self._seen:
            self.duplicates += 1
            return ()
        return (self._keep(placed),)

    def _begin(self, packet: Packet, arrived: float) -> Placed:
        self._seen.clear()
        self._stranger = self._newest = None
        return self._keep(Placed(0, 0, packet, arrived, fresh=True))

    def _beside(self, newest: Placed, packet: Packet, arrived: float) -> Placed:
        ahead = distance(packet.sequence, newest.packet.sequence, SEQUENCE_BITS)
        later = distance(packet.timestamp, newest.packet.timestamp, TIMESTAMP_BITS)
        return Placed(newest.number + ahead, newest.start + later, packet, arrived)

    def _strange(self, packet: Packet, arrived: float) -> tuple[Placed, ...]:
        former, self._stranger = self._stranger, (packet, arrived)
        self.strangers += 1
        if former is None or not _belong_together(former[0], packet):
            return ()
        self.strangers -= 2
        self.restarts += 1
        first = self._begin(*former)
        return first, self._keep(self._beside(first, packet, arrived))

    def _keep(self, placed: Placed) -> Placed:
        self._seen.append(placed.number)
        if self._newest is None or placed.number > self._newest.number:
            self._newest = placed
        return placed


def _is_far(placed: Placed, newest: Placed) -> bool:
    ahead = placed.number - newest.number
    return (
        placed.packet.ssrc != newest.packet.ssrc
        or not -BACK <= ahead <= AHEAD
        or abs(placed.transit - newest.transit) > ELSEWHERE
    )


def _belong_together(one: Packet, other: Packet) -> bool:
    apart = distance(other.sequence, one.sequence, SEQUENCE_BITS)
    return one.ssrc == other.ssrc and 0 < abs(apart) <= TOGETHER
