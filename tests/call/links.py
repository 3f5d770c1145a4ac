"""A sender of packets of 20 ms, a link that treats each as it likes, and a listener."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pellucid.call.packets import Packet
from pellucid.call.playout import Playout

STEP = 0.02  # seconds
DELAY = 0.03  # seconds of the link at its best

# A packet's number to when it arrives: not at all, once or several times.
Link = Callable[[int], Iterable[float]]


@dataclass(frozen=True)
class Heard:
    """One pull: when, and the numbers of the packets that it gave."""

    at: float
    numbers: tuple[int, ...]

    @property
    def delay(self) -> float:
        """Seconds since the last of the packets was spoken."""
        return self.at - self.numbers[-1] * STEP


def packet(number: int, first: int = 0, level_db: float | None = None, **others: int) -> Packet:
    """The packet of that number in a stream that counts from `first`, in both its numbers."""
    sequence, timestamp = (first + number) % 2**16, (first * 7919 + 960 * number) % 2**32
    given = {"sequence": sequence, "timestamp": timestamp} | others
    return Packet(**given, payload=str(number).encode(), level_db=level_db)


def listen(
    packets: Iterable[tuple[float, Packet]], seconds: float, playout: Playout, phase: float = 0.005
) -> list[Heard]:
    """Push what arrives, pull every 20 ms. The payload of a packet is its number."""
    coming = sorted(packets, key=lambda pair: pair[0])
    heard, now = [], phase
    while now < seconds:
        while coming and coming[0][0] <= now:
            arrived, one = coming.pop(0)
            playout.push(one, arrived)
        heard.append(Heard(now, tuple(int(one.payload) for one in playout.pull(now))))
        now += STEP
    return heard


def sent(count: int, link: Link, first: int = 0) -> list[tuple[float, Packet]]:
    """What arrives of `count` packets, and when."""
    return [(at, packet(number, first)) for number in range(count) for at in link(number)]


def steady(number: int) -> tuple[float, ...]:
    """A link that delays all packets alike."""
    return (number * STEP + DELAY,)


def without(*lost: int) -> Link:
    """A steady link that loses those packets."""
    return lambda number: () if number in lost else steady(number)


def rough(seed: int, loss: float, jitter: float, twice: float = 0.0) -> Link:
    """Loses, delays by 0 to `jitter` seconds more, which reorders, and sends some twice."""
    rng = random.Random(seed)

    def link(number: int) -> tuple[float, ...]:
        if rng.random() < loss:
            return ()
        copies = 2 if rng.random() < twice else 1
        return tuple(number * STEP + DELAY + rng.uniform(0, jitter) for _ in range(copies))

    return link
