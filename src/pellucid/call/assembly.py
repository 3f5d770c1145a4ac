"""Coded pictures out of the packets of a video, without waiting long for what does not come.

    push(piece, now) -> pictures that are whole, in order
    missing(now)     -> numbers of packets to ask for, each a few times
    wants_keyframe(now): something was given up, and with it all until a picture that needs no other

A picture is whole with its last packet, which says so; aiortc waits for the first of the next one.
What is missing for longer than `PATIENCE` is given up together with all that rests on it.

Source: RFC 3550 (marker), RFC 4585 (asking again, PLI); libwebrtc's frame buffer, in miniature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pellucid.call.packets import SEQUENCE_BITS, distance

PATIENCE = 0.3  # seconds: two more tries over a link of 100 ms there and back
REORDERED = 0.02  # seconds: before that, a missing packet may just be late
AGAIN = 0.1  # seconds until a packet or a keyframe is asked for once more
TRIES = 3  # of asking for a packet
AHEAD, BEHIND = 100, 2000  # packets: further off begins anew, after an outage or with the sender


@dataclass(frozen=True, slots=True)
class Piece:
    """One packet. number: of its sequence, 0 to 2**16 - 1. last: of its picture. whole_alone:
    whether its picture needs no other one, where this packet tells. data: without headers.
    """

    number: int
    timestamp: int
    last: bool
    data: bytes
    whole_alone: bool = False


@dataclass(slots=True)
class Coded:
    """What a decoder takes; timestamp in units of 1/90000 s, as it was sent."""

    data: bytes
    timestamp: int


@dataclass(slots=True)
class _Gap:
    """A packet that is missing."""

    since: float
    asked: float
    tries: int = 0


class Assembly:
    """The packets of one video. Times are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self.given_up = 0  # pictures that were begun and never whole, or rested on such
        self._pieces: dict[int, Piece] = {}  # by number, counted on and not wrapped
        self._gaps: dict[int, _Gap] = {}
        self._newest: int | None = None
        self._next = 0  # number that the next picture begins with
        self._broken = True  # nothing can be decoded until a picture that is whole alone
        self._asked_keyframe = float("-inf")

    def push(self, piece: Piece, now: float) -> Sequence[Coded]:
        """Take a packet; give the pictures that are whole with it."""
        number = self._place(piece.number, now)
        if number >= self._next:
            self._pieces[number] = piece
        self._gaps.pop(number, None)
        made = self._whole_pictures()
        if self._gaps and now - min(gap.since for gap in self._gaps.values()) > PATIENCE:
            self._give_up()
            made += self._whole_pictures()
        return made

    def missing(self, now: float) -> list[int]:
        """Numbers, 0 to 2**16 - 1, to ask for now."""
        due = []
        for number, gap in self._gaps.items():
            if now >= gap.asked + (AGAIN if gap.tries else REORDERED) and gap.tries < TRIES:
                gap.asked, gap.tries = now, gap.tries + 1
                due.append(number % 2**SEQUENCE_BITS)
        return due

    def wants_keyframe(self, now: float) -> bool:
        """Whether to ask for one now."""
        if not self._broken or now < self._asked_keyframe + PATIENCE:
            return False
        self._asked_keyframe = now
        return True

    def _place(self, number: int, now: float) -> int:
        """The number counted on; what lies between it and the newest is missing."""
        if self._newest is None:
            self._newest = self._next = number
            self._asked_keyframe = now  # the first picture is one
        ahead = distance(number, self._newest % 2**SEQUENCE_BITS, SEQUENCE_BITS)
        if not -BEHIND <= ahead <= AHEAD:
            self._pieces.clear()
            self._gaps.clear()
            self._newest = self._next = number
            self._broken, ahead = True, 0
        placed = self._newest + ahead
        for between in range(self._newest + 1, placed):
            self._gaps[between] = _Gap(now, now)
        self._newest = max(self._newest, placed)
        return placed

    def _whole_pictures(self) -> list[Coded]:
        made = []
        while pieces := self._whole_from(self._next):
            for number in range(self._next, self._next + len(pieces)):
                del self._pieces[number]
            self._next += len(pieces)
            self._broken = self._broken and not any(piece.whole_alone for piece in pieces)
            if self._broken:
                self.given_up += 1
            else:
                made.append(Coded(b"".join(piece.data for piece in pieces), pieces[-1].timestamp))
        return made

    def _whole_from(self, number: int) -> list[Piece]:
        """The packets of the picture that begins there; none where one is missing."""
        pieces = []
        while piece := self._pieces.get(number):
            pieces.append(piece)
            if piece.last:
                return pieces
            number += 1
        return []

    def _give_up(self) -> None:
        """Go on behind the gap that was waited for, or with a picture that is whole alone."""
        self._broken = True
        self.given_up += 1
        oldest = min(gap.since for gap in self._gaps.values())
        over = max(number for number, gap in self._gaps.items() if gap.since == oldest)
        alone = [n for n in sorted(self._pieces) if n > over and self._pieces[n].whole_alone]
        self._next = alone[0] if alone else over + 1
        self._pieces = {n: piece for n, piece in self._pieces.items() if n >= self._next}
        self._gaps = {n: gap for n, gap in self._gaps.items() if n >= self._next}
