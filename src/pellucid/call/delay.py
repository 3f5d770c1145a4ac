"""How long packets must wait so that nearly all are there in time.

    transit of a packet = when it came - when it was spoken, by two clocks that do not agree
    its delay           = transit - the least transit of the last two seconds
    target              = what 95 in 100 of the slowest packets of each half second stay below

The least transit moves along, so the two clocks may drift. One outage is one half second among
many, raises the target by a tenth of a second at most, and not for long; jitter that stays raises
it within seconds. The target is never more than `SPARE` above the slowest of the last three
seconds, so that a call is not late for half a minute because a queue was full before.

Source: WebRTC's NetEq, from 2021 on: relative arrival delay, sampled every 500 ms into a histogram
that forgets, its 95 % quantile. Ours has buckets half as wide, and limits what one entry may do.
"""

from __future__ import annotations

from collections import deque
from itertools import accumulate

WINDOW = 2.0  # seconds, for the least transit
SAMPLED = 0.5  # seconds between entries
FORGET = 0.983  # of the histogram, each entry: half after 20 s
QUANTILE = 0.95
SPARE = 0.08  # seconds: stalls that come every few seconds are remembered so far
STEEP = 0.1  # seconds that one entry may lie over the target: more is an outage, or comes again
RECENT = 6  # entries: when all of them were much faster than the quantile, congestion is over
BUCKET, BUCKETS = 0.01, 50  # seconds; what is slower than all is in the last
LEAST, FIRST = 0.02, 0.04  # seconds: target at best, and before anything is known
MOST = 500  # arrivals that are kept, whoever floods us


class DelayEstimate:
    """Learns from arrivals. fastest: the least transit lately; target: both in seconds."""

    def __init__(self) -> None:
        self.target = FIRST
        self._lately: deque[tuple[float, float]] = deque(maxlen=MOST)  # by rising transit
        self._shares = [0.0] * BUCKETS
        self._entries = 0
        self._slowest = 0.0
        self._entered: deque[float] = deque(maxlen=RECENT)
        self._sample_at: float | None = None

    @property
    def fastest(self) -> float:
        """Seconds; the clocks of sender and receiver are in it, so it means nothing alone."""
        return self._lately[0][1]

    def push(self, transit: float, arrived: float) -> None:
        """Learn from a packet that came at `arrived` seconds."""
        while self._lately and self._lately[-1][1] >= transit:
            self._lately.pop()
        self._lately.append((arrived, transit))
        while self._lately[0][0] < arrived - WINDOW:
            self._lately.popleft()
        self._slowest = max(self._slowest, transit - self.fastest)
        if self._sample_at is None:
            self._sample_at = arrived + SAMPLED
        elif arrived >= self._sample_at:
            self._enter(self._slowest)
            self._slowest, self._sample_at = 0.0, arrived + SAMPLED

    def restart(self) -> None:
        """Another sender's clock: its transits mean something else, the network is the same."""
        self._lately.clear()
        self._slowest = 0.0

    def _enter(self, delay: float) -> None:
        """One entry; the first ones count more, so that the start is quick."""
        self._entries += 1
        delay = min(delay, self.target + STEEP)
        weight = max(1 - FORGET, 2 / (self._entries + 1))
        self._shares = [share * (1 - weight) for share in self._shares]
        self._shares[min(int(delay / BUCKET), BUCKETS - 1)] += weight
        self._entered.append(delay)
        below = sum(total < QUANTILE for total in accumulate(self._shares))
        below = min(below, int((max(self._entered) + SPARE) / BUCKET))
        self.target = max(LEAST, (min(below, BUCKETS - 1) + 1) * BUCKET)
