"""How much a way carries, told by when its packets were sent and when they came.

    push(sent, arrived, octets)    each packet that came, in any order
    rate                           bit/s that may be sent from now on

A queue is told from jitter by the fastest packets: jitter lets some of them through as ever, behind
a queue all are late. So what stands in the queue is the least delay of the latest half second over
the least of the latest ten. While nothing stands the rate rises. More than a threshold lowers it a
little, as a busy machine may be the reason; where a deep queue stands, below what arrives, so that
it empties. Where the delay then stays as it is, the way has become longer: that is the new least.

Source: Arun and Balakrishnan 2018 (Copa), the standing queue; draft-ietf-rmcat-gcc-02, 5.5, how the
rate changes. Its filter of delay gradients, which browsers and aiortc use for REMB, takes +-20 ms
of jitter for a queue again and again.
"""

from __future__ import annotations

from collections import deque
from statistics import median

FIRST = 1_000_000.0  # bit/s, until a queue or the rate itself says otherwise
LATEST, LONG = 0.5, 10.0  # seconds
ENOUGH = 12  # packets at least that the latest delays are of
QUEUE = 0.03  # seconds that may stand, and on top of it
SPREAD = 0.5  # of the middle of the latest delays over the least of them
DEEP = 0.08  # seconds: no machine that was busy with something else, but a link that is too narrow
FALL = 0.85  # of the rate; of what arrives, where a deep queue stands
RISE, RISE_NEAR = 1.25, 1.08  # a second; the latter where a queue stood last
NEAR, PAST = 0.8, 1.2  # from and to what share of the rate there
AHEAD = 1.5  # times what arrives that the rate may be at most: it says nothing about more
SOON, LATER = 0.5, 1.5  # seconds after a fall: a queue that still grows; a delay that stays
GROWS, STAYS = 0.01, 0.25  # seconds more; share of the queue that should have gone by then


class Estimate:
    """bit/s of one way. Times are seconds, each of its own clock; these may differ by anything."""

    def __init__(self) -> None:
        self.rate = FIRST
        self._latest: deque[tuple[float, float, int]] = deque()  # arrived, delay, octets
        self._least: deque[tuple[float, float]] = deque()  # arrived, delay; rising in both
        self._began: float | None = None
        self._risen = 0.0  # when the rate rose last
        self._full: float | None = None  # bit/s that arrived when a queue stood last
        self._fell: tuple[float, float] | None = None  # when, and the delay then
        self._deep = False  # whether a deep queue stood then

    def push(self, sent: float, arrived: float, octets: int) -> bool:
        """Take a packet; whether the rate fell because of it."""
        if self._began is None:
            self._began = self._risen = arrived
        self._note(arrived, arrived - sent, octets)
        if len(self._latest) < ENOUGH or arrived - self._began < 2 * LATEST:
            return False
        return self._decide(arrived)

    @property
    def standing(self) -> float:
        """Seconds that a packet waits in the queue however lucky it is."""
        return min(delay for _, delay, _ in self._latest) - self._least[0][1]

    def arriving(self) -> float:
        """bit/s of the latest packets."""
        first, last = self._latest[0][0], self._latest[-1][0]
        octets = sum(octets for _, _, octets in self._latest) - self._latest[0][2]
        return 8 * octets / max(last - first, LATEST / 2)

    def _note(self, arrived: float, delay: float, octets: int) -> None:
        self._latest.append((arrived, delay, octets))
        while arrived - self._latest[0][0] > LATEST and len(self._latest) > ENOUGH:
            self._latest.popleft()
        while self._least and self._least[-1][1] >= delay:
            self._least.pop()
        self._least.append((arrived, delay))
        while arrived - self._least[0][0] > LONG:
            self._least.popleft()

    def _decide(self, now: float) -> bool:
        standing, allowed = self.standing, self._allowed()
        if standing > allowed:
            self._risen = now
            return self._queued(now)
        self._fell = None
        if standing < allowed / 2:
            self._rise(now)
        else:
            self._risen = now
        return False

    def _allowed(self) -> float:
        delays = [delay for _, delay, _ in self._latest]
        return QUEUE + SPREAD * (median(delays) - min(delays))

    def _queued(self, now: float) -> bool:
        delay, deep = min(delay for _, delay, _ in self._latest), self.standing > DEEP
        if self._fell is None or (deep and not self._deep):
            return self._fall(now, delay, deep)
        since, before = now - self._fell[0], self._fell[1]
        if since > SOON and delay > before + GROWS:
            return self._fall(now, delay, deep)
        if since > LATER:
            if delay > before - STAYS * self.standing:
                self._least = deque([(now, delay)])
            self._fell = None
        return False

    def _fall(self, now: float, delay: float, deep: bool) -> bool:
        self._full = self.arriving() if deep else min(self.rate, AHEAD * self.arriving())
        self._fell, self._deep = (now, delay), deep
        self.rate = min(self.rate, FALL * self._full)
        return True

    def _rise(self, now: float) -> None:
        arriving, rate = self.arriving(), self.rate
        if self._full and rate > PAST * self._full:
            self._full = None
        near = self._full is not None and rate > NEAR * self._full
        faster = rate * (RISE_NEAR if near else RISE) ** min(now - self._risen, 1.0)
        self.rate, self._risen = max(rate, min(faster, AHEAD * arriving)), now
