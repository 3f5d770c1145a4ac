"""Decides when each packet of a voice is heard, and which ones are missing: an adaptive jitter
buffer between the network and the decoder.

    push(packet, arrived)   in any order, late, twice or never
    pull(now)               every 20 ms: a packet, word that it is missing, or two to be joined

A packet's delay is the time since the fastest packet of late would have been heard. It is kept
between the target and 30 ms above it, and it is moved where that is heard least:

    grows    in a sender's pauses, at quiet packets, and where something was concealed anyway
    shrinks  in pauses, after what was concealed, at quiet packets, and else by one packet in 15

Source: WebRTC's NetEq, in miniature: no samples are stretched, whole packets are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pellucid.call.delay import DelayEstimate
from pellucid.call.order import Order, Placed
from pellucid.call.packets import CLOCK_RATE, Packet

STEP = 960  # samples of a missing packet
STEP_S = STEP / CLOCK_RATE
BAND = 1.5 * STEP_S  # seconds over the target that are left alone
FAR = 0.2  # seconds over the target from which on much is skipped at once
MOST = 200  # packets that wait
QUIET_DB = -45.0  # at most, where one packet more or less is not heard
PATIENCE = 15  # packets over the band until a loud one is joined to the next


@dataclass(frozen=True, slots=True)
class PlayoutStats:
    """What became of a stream so far.

    received = played + late + duplicates + strangers + skipped + waiting, in packets. joined: of
    the played, pairs that were given as one. concealed, quiet: pulls that gave nothing, because a
    packet was missing or because the sender paused. lost: packets that were not there in their
    turn. skipped: thrown away to catch up. restarts: of the sender's counting. delay_ms: of the
    latest packet that was given, over the fastest one; target_ms: where it should be.
    """

    received: int = 0
    played: int = 0
    joined: int = 0
    concealed: int = 0
    quiet: int = 0
    lost: int = 0
    late: int = 0
    duplicates: int = 0
    strangers: int = 0
    skipped: int = 0
    waiting: int = 0
    restarts: int = 0
    delay_ms: float = 0.0
    target_ms: float = 0.0

    @property
    def concealed_share(self) -> float:
        """Of the pulls while the sender spoke, how many were concealed; 0 to 1."""
        heard = self.concealed + self.played - self.joined
        return self.concealed / heard if heard else 0.0


class Playout:
    """The jitter buffer of one voice. Times are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._delays = DelayEstimate()
        self._order = Order()
        self._waiting: dict[int, Placed] = {}
        self._last: Placed | None = None  # that was given
        self._missing = 0  # pulls in a row that gave nothing
        self._passed = 0  # packets skipped in that time
        self._over = 0  # pulls in a row above the band
        self._delay = 0.0
        self._received = self._played = self._joined = self._concealed = 0
        self._quiet = self._lost = self._late = self._skipped = 0

    def push(self, packet: Packet, arrived: float) -> None:
        """Take a packet that came at `arrived`."""
        self._received += 1
        for placed in self._order.place(packet, arrived):
            if placed.fresh:
                self._restart()
            self._delays.push(placed.transit, placed.arrived)
            if self._last is not None and placed.number <= self._last.number:
                self._late += 1
                continue
            self._waiting[placed.number] = placed
            if len(self._waiting) > MOST:
                self._skip(min(self._waiting))

    def pull(self, now: float) -> tuple[Packet, ...]:
        """What is heard now.

        One packet: it, for as long as it lasts. None at all: 20 ms are missing. Two: the first,
        faded into the second, for as long as one of them lasts. Pull again when that was heard.
        """
        chosen = self._choose(now)
        if not chosen:
            self._missing += 1
            return ()
        self._settle(chosen[0])
        for placed in chosen:
            del self._waiting[placed.number]
        self._played += len(chosen)
        self._joined += len(chosen) - 1
        self._last, self._delay = chosen[-1], self._delay_of(chosen[-1], now)
        return tuple(placed.packet for placed in chosen)

    @property
    def stats(self) -> PlayoutStats:
        """As of now; a gap that has not ended counts as concealed."""
        pending = self._missing if self._last else 0
        return PlayoutStats(
            received=self._received, played=self._played, joined=self._joined,
            concealed=self._concealed + pending, quiet=self._quiet + self._missing - pending,
            lost=self._lost, late=self._late, duplicates=self._order.duplicates,
            strangers=self._order.strangers, skipped=self._skipped, waiting=len(self._waiting),
            restarts=self._order.restarts, delay_ms=1000 * self._delay,
            target_ms=1000 * self._delays.target,
        )  # fmt: skip

    def _choose(self, now: float) -> Sequence[Placed]:
        """Nothing, one packet or two; what is skipped goes."""
        if not self._waiting:
            return ()
        if self._last is None or self._missing:
            self._catch_up(now)
        first = self._first()
        excess = self._delay_of(first, now) - self._delays.target
        if self._last is None or self._passed or _paused(self._last, first):
            return (first,) if excess >= 0 else ()
        gap = round(_gap(self._last, first) / STEP)
        if not gap and not self._missing:
            return self._go_on(first, excess)
        return (first,) if self._missing >= _to_conceal(gap, excess) else ()

    def _go_on(self, first: Placed, excess: float) -> Sequence[Placed]:
        """No packet is missing: give the next one, or move the delay."""
        self._over = self._over + 1 if excess > BAND else 0
        quiet = _is_quiet(first)
        if excess > FAR and len(self._waiting) > 1:
            return ()  # one is concealed, and what follows it may be skipped unheard
        if excess > BAND and (quiet or self._over > PATIENCE):
            return self._joined_to_next(first)
        if quiet and excess <= -STEP_S:
            return ()
        return (first,)

    def _joined_to_next(self, first: Placed) -> Sequence[Placed]:
        second = self._waiting.get(first.number + 1)
        if second is None or _gap(first, second) or _differ(first, second):
            return (first,)
        self._over = 0
        return first, second

    def _catch_up(self, now: float) -> None:
        """Behind a gap: skip what is over the band, as long as more is there."""
        while len(self._waiting) > 1:
            first, second = sorted(self._waiting)[:2]
            target = self._delays.target
            if self._delay_of(self._waiting[first], now) <= target + BAND:
                return
            if self._delay_of(self._waiting[second], now) < target:
                return
            self._skip(first)

    def _skip(self, number: int) -> None:
        del self._waiting[number]
        self._skipped += 1
        self._passed += 1

    def _settle(self, first: Placed) -> None:
        """Say what the pulls that gave nothing were for, now that something follows."""
        if self._last is None or _paused(self._last, first):
            self._quiet += self._missing
        else:
            self._concealed += self._missing
        if self._last is not None:
            self._lost += first.number - self._last.number - 1 - self._passed
        self._missing = self._passed = 0

    def _restart(self) -> None:
        """Another sender, or the same who counts anew: what waited is of no use."""
        self._skipped += len(self._waiting)
        self._waiting.clear()
        self._delays.restart()
        if self._last is not None:
            self._concealed += self._missing
            self._missing = 0
        self._last, self._passed, self._over = None, 0, 0

    def _first(self) -> Placed:
        return self._waiting[min(self._waiting)]

    def _delay_of(self, placed: Placed, now: float) -> float:
        return now - placed.start / CLOCK_RATE - self._delays.fastest


def _to_conceal(gap: int, excess: float) -> int:
    """How many pulls give nothing where so many packets are missing: one more or fewer than they
    are to move the delay, which lies `excess` seconds over the target.
    """
    if excess > BAND:
        return min(gap, 1)
    return gap + 1 if gap and excess <= -STEP_S else gap


def _gap(before: Placed, after: Placed) -> int:
    """Samples between two packets."""
    return max(after.start - before.end, 0)


def _paused(before: Placed, after: Placed) -> bool:
    """Whether the sender sent nothing for a while: time went on by more than packets are lost."""
    lost = after.number - before.number - 1
    longest = max(before.packet.duration, after.packet.duration)
    return _gap(before, after) > lost * longest + STEP // 2


def _is_quiet(placed: Placed) -> bool:
    level = placed.packet.level_db
    return level is not None and level <= QUIET_DB


def _differ(one: Placed, other: Placed) -> bool:
    return one.packet.duration != other.packet.duration
