"""What a bad link does to packets, one direction: lose some, queue them at a rate, delay the rest.

    push(now, size) -> when the packet arrives, or None where it does not

Time comes in as an argument, and each packet takes two draws of a seeded generator whatever the
settings are: the same packets at the same times meet the same fate.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Settings:
    """loss: 0 to 1. delay_ms, jitter_ms: one way, `delay_ms` plus or minus up to `jitter_ms`,
    which may change the order. rate_kbps: of the bottleneck, headers of IP included; 0 is none.
    queue_ms: what waits longer than this in front of the bottleneck is dropped.
    """

    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_kbps: float = 0.0
    queue_ms: float = 300.0

    def __post_init__(self) -> None:
        """Check the ranges once."""
        if not 0 <= self.loss <= 1:
            raise ValueError(f"loss: expected 0 to 1, got {self.loss}")
        if min(self.delay_ms, self.jitter_ms, self.rate_kbps, self.queue_ms) < 0:
            raise ValueError(f"expected nothing below 0, got {self}")
        if self.jitter_ms > self.delay_ms:
            raise ValueError(f"jitter_ms: expected at most {self.delay_ms}, got {self.jitter_ms}")


@dataclass(slots=True)
class Counts:
    """Packets and bytes that came, and what became of the packets."""

    packets: int = 0
    octets: int = 0
    lost: int = 0
    dropped: int = 0
    passed: int = 0
    passed_octets: int = 0

    def __sub__(self, earlier: Counts) -> Counts:
        """What came since."""
        names = [field.name for field in fields(self)]
        return Counts(*(getattr(self, name) - getattr(earlier, name) for name in names))


class Impairment:
    """One direction of a link; `settings` may be replaced at any time."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.settings, self.counts = settings, Counts()
        self._rng = random.Random(seed)
        self._free = 0.0  # when the bottleneck has sent all that it took

    def push(self, now: float, size: int) -> float | None:
        """When a packet of `size` bytes that comes at `now` seconds arrives; None: never."""
        luck, spread = self._rng.random(), self._rng.uniform(-1, 1)
        self.counts.packets += 1
        self.counts.octets += size
        if luck < self.settings.loss:
            self.counts.lost += 1
            return None
        begins = max(now, self._free)
        if begins - now > self.settings.queue_ms / 1000:
            self.counts.dropped += 1
            return None
        self._free = begins + self._seconds(size)
        self.counts.passed += 1
        self.counts.passed_octets += size
        return self._free + (self.settings.delay_ms + spread * self.settings.jitter_ms) / 1000

    def _seconds(self, size: int) -> float:
        """How long the bottleneck sends a packet."""
        rate = self.settings.rate_kbps
        return 8 * size / (1000 * rate) if rate else 0.0
