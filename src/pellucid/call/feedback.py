"""When packets came, as the other side tells it, beside when they were sent.

    arrivals(datagram) -> (number, seconds) of packets that came, none for RTCP of other kinds
    Sent               remembers when each packet left, and gives an `Estimate` both

Source: draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import unpack_from

from pellucid.call.estimate import Estimate

RTPFB, TRANSPORT = 205, 15  # RTCP's type, and the kind of feedback
HEADER, FIRST = 4, 20  # bytes of RTCP's header; until the first chunk
NUMBERS = 2**16
REFERENCE_S, DELTA_S = 0.064, 0.00025  # units of the reference time and of what is added to it
NOT, SMALL, LARGE = 0, 1, 2  # what became of a packet: did not come; delta of one byte, of two
REMEMBERED = 2048  # packets


def arrivals(datagram: bytes) -> Iterator[tuple[int, float]]:
    """Numbers, 0 to 2**16 - 1, and seconds of the receiver's clock, which wraps after 12 days.

    What is cut off or nonsense is left out.
    """
    at = 0
    while at + HEADER <= len(datagram):
        first, kind, words = unpack_from("!BBH", datagram, at)
        end = at + HEADER + 4 * words
        if kind == RTPFB and first & 31 == TRANSPORT and at + FIRST <= end <= len(datagram):
            yield from _told(datagram[at:end])
        at = end


def _told(packet: bytes) -> Iterator[tuple[int, float]]:
    base, count = unpack_from("!HH", packet, 12)
    reference = int.from_bytes(packet[16:19], "big", signed=True)
    ticks, at = round(reference * REFERENCE_S / DELTA_S), FIRST
    statuses: list[int] = []
    while len(statuses) < count and at + 2 <= len(packet):
        statuses += _statuses(int.from_bytes(packet[at : at + 2], "big"))
        at += 2
    for offset, status in enumerate(statuses[:count]):
        size = status if status in (SMALL, LARGE) else 0
        if at + size > len(packet):
            return
        if size:
            ticks += int.from_bytes(packet[at : at + size], "big", signed=status == LARGE)
            yield (base + offset) % NUMBERS, ticks * DELTA_S
        at += size


def _statuses(chunk: int) -> list[int]:
    """Of one packet after another: a run of one kind, fourteen of one bit, or seven of two."""
    if not chunk >> 15:
        return [chunk >> 13 & 3] * (chunk & 0x1FFF)
    if not chunk >> 14 & 1:
        return [chunk >> bit & 1 for bit in range(13, -1, -1)]
    return [chunk >> bit & 3 for bit in range(12, -1, -2)]


class Sent:
    """Packets of one sender. tell: is given bit/s whenever more is known. Times are seconds.

    came: how many the other side said it got.
    """

    def __init__(self, tell: Callable[[float], None]) -> None:
        self.came = 0
        self._tell, self._estimate = tell, Estimate()
        self._packets: dict[int, tuple[float, int]] = {}
        self._number, self._pending = -1, False

    def number(self) -> int:
        """The next packet's, 0 to 2**16 - 1."""
        self._number, self._pending = (self._number + 1) % NUMBERS, True
        return self._number

    def leaves(self, octets: int, now: float) -> None:
        """A datagram leaves; the one that was numbered last, if it has not left yet."""
        if self._pending:
            self._pending = False
            self._packets[self._number] = (now, octets)
            self._packets.pop((self._number - REMEMBERED) % NUMBERS, None)

    def hear(self, datagram: bytes) -> None:
        """RTCP of the receiver."""
        before = self.came
        for number, arrived in arrivals(datagram):
            packet = self._packets.pop(number, None)
            if packet:
                self._estimate.push(packet[0], arrived, packet[1])
                self.came += 1
        if self.came > before:
            self._tell(self._estimate.rate)
