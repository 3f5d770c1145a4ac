"""What a bad network does to datagrams, decided by a seed: lost, held up, dropped at a bottleneck.

Nothing is sent in here and no clock is read: a datagram's size and time go in, and when it arrives
comes out. So the same decisions serve a call that shows what losses do, and a link of a test.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from pellucid.errors import FrameError

QUEUE = 0.3  # seconds of datagrams that wait for a bottleneck at most
MOST_DELAY, LEAST_RATE, MOST_RATE = 500.0, 50.0, 10_000.0


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of one direction. loss: 0 to 1, of datagrams, each by itself. delay_ms: 0 to 500. jitter_ms:
    0 to 500, at most so much more or less than the delay, evenly spread, so that order is lost.
    rate_kbps: of a bottleneck, 50 to 10,000; 0 for none. Raises FrameError for others.
    """

    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_kbps: float = 0.0

    def __post_init__(self) -> None:
        """Check once."""
        _expect("loss", self.loss, 0, 1)
        _expect("delay_ms", self.delay_ms, 0, MOST_DELAY)
        _expect("jitter_ms", self.jitter_ms, 0, MOST_DELAY)
        if self.rate_kbps != 0:
            _expect("rate_kbps", self.rate_kbps, LEAST_RATE, MOST_RATE)


@dataclass(frozen=True, slots=True)
class LinkStats:
    """Datagrams that came, of these lost, and dropped because the queue was full; octets: of all
    that came. waiting_ms: how long the latest waited for the bottleneck.
    """

    packets: int = 0
    lost: int = 0
    dropped: int = 0
    octets: int = 0
    waiting_ms: float = 0.0


class Impairment:
    """One direction of a link. `conditions` may be changed at any time."""

    def __init__(self, conditions: Conditions | None = None, seed: int = 1) -> None:
        self.conditions = conditions or Conditions()
        self.stats = LinkStats()
        self._random = random.Random(seed)
        self._free = float("-inf")  # when the bottleneck is

    def arrival(self, octets: int, now: float) -> float | None:
        """When a datagram that is sent at `now` seconds arrives; None: never."""
        conditions, stats = self.conditions, self.stats
        chance, shake = self._random.random(), self._random.uniform(-1, 1)
        sent = self._sent(octets, now)
        lost, dropped = chance < conditions.loss, sent is None
        self.stats = replace(
            stats,
            packets=stats.packets + 1,
            lost=stats.lost + lost,
            dropped=stats.dropped + (dropped and not lost),
            octets=stats.octets + octets,
            waiting_ms=1000 * (sent - now) if sent is not None else stats.waiting_ms,
        )
        if lost or sent is None:
            return None
        self._free = sent
        return max(sent + (conditions.delay_ms + shake * conditions.jitter_ms) / 1000, now)

    def _sent(self, octets: int, now: float) -> float | None:
        """When the bottleneck has sent it; None where too much waits before it."""
        begins = max(now, self._free)  # also once it is gone: what waits for it is not overtaken
        if not self.conditions.rate_kbps:
            return begins
        if begins - now > QUEUE:
            return None
        return begins + octets * 8 / (1000 * self.conditions.rate_kbps)


def _expect(name: str, value: float, least: float, most: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not least <= value <= most:
        raise FrameError(f"{name}: expected {least:g} to {most:g}, got {value!r}")
