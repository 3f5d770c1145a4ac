"""A sender of pictures over a bad link, in made-up time: it sends what an estimate says."""

from __future__ import annotations

import heapq
from typing import Protocol

from pellucid.call.estimate import Estimate
from pellucid.call.impairment import Conditions, Impairment

GOOD = Conditions(delay_ms=20)
FPS, PACKET = 30, 1200
MOST = 3_000_000.0  # bit/s


class Estimates(Protocol):
    """Such as an `Estimate`."""

    rate: float

    def push(self, sent: float, arrived: float, octets: int) -> bool: ...


class Sender:
    """Thirty pictures a second at the rate that is told back, in packets of 1200 bytes at most,
    over a link that a seed makes bad. `delays` and `rates` are of the latest phase.
    """

    def __init__(self, seed: int = 1, estimate: Estimates | None = None) -> None:
        self.estimate: Estimates = estimate or Estimate()
        self.rate = self.estimate.rate
        self.delays: list[float] = []
        self.rates: list[float] = []
        self._link, self._now, self._number = Impairment(seed=seed), 0.0, 0
        self._coming: list[tuple[float, int, float, int]] = []

    def send(self, conditions: Conditions, seconds: float) -> None:
        self._link.conditions, self.delays, self.rates = conditions, [], []
        for _ in range(round(seconds * FPS)):
            self._receive()
            left = round(self.rate / FPS / 8)
            while left > 0:
                self._push(min(left, PACKET))
                left -= PACKET
            self._now += 1 / FPS

    def _push(self, octets: int) -> None:
        arrived = self._link.arrival(octets, self._now)
        self._number += 1
        if arrived is not None:
            heapq.heappush(self._coming, (arrived, self._number, self._now, octets))

    def _receive(self) -> None:
        while self._coming and self._coming[0][0] <= self._now:
            arrived, _, sent, octets = heapq.heappop(self._coming)
            self.delays.append(arrived - sent)
            self.estimate.push(sent + 1000, arrived, octets)  # clocks need not agree
        self.rate = min(MOST, self.estimate.rate)
        self.rates.append(self.rate)
