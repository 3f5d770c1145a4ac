"""How much a sender of pictures may send, and whether there is room for one more now.

    rate     the least of what the receiver estimates (REMB) and what its reports of loss allow
    budget   a bucket that leaks at that rate; a picture waits until there is room, or is left out

Source: draft-ietf-rmcat-gcc-02, section 6 (control by loss).
"""

from __future__ import annotations

LEAST, FIRST, MOST = 60_000, 800_000, 3_000_000  # bit/s
MUCH, LITTLE = 0.1, 0.02  # share of packets lost from which on the rate falls, below which it rises
RISE = 1.08  # a report, about once a second
FULL = 0.15  # seconds at the rate: with more than that unsent, the next picture is left out


class Rate:
    """bit/s that may be sent, 60,000 to 3,000,000."""

    def __init__(self) -> None:
        self._estimate: float | None = None  # of the receiver
        self._by_loss = float(FIRST)

    @property
    def allowed(self) -> int:
        """bit/s as of now."""
        allowed = min(self._by_loss, self._estimate or FIRST)
        return round(max(LEAST, min(allowed, MOST)))

    def estimated(self, bits: float) -> None:
        """The receiver says how much it can get, in bit/s."""
        self._estimate = bits

    def lost(self, share: float) -> None:
        """The receiver says which share of the latest packets was lost, 0 to 1."""
        if share > MUCH:
            self._by_loss = max(LEAST, self.allowed * (1 - share / 2))
        elif share < LITTLE:
            self._by_loss = min(MOST, RISE * self._by_loss + 1000)


class Budget:
    """What was sent and has not leaked yet. Times are seconds that never go back."""

    def __init__(self) -> None:
        self._bits, self._at = 0.0, float("-inf")

    def spend(self, octets: int) -> None:
        """So many bytes are sent."""
        self._bits += 8 * octets

    def owed(self, now: float, rate: float) -> float:
        """Seconds until all is sent that was spent, at `rate` bit/s."""
        elapsed, self._at = now - self._at, now
        self._bits = max(0.0, self._bits - elapsed * rate)
        return self._bits / rate

    def has_room(self, now: float, rate: float) -> bool:
        """Whether one more picture may be sent."""
        return self.owed(now, rate) <= FULL
