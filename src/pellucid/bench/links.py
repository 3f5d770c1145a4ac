"""Links between two callers, as times of arrival: what was lost, held back, shaken up.

A packet of 20 ms is sent every 20 ms. A link says when each arrives, in seconds since the first was
sent, or None where it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

PACKET = 0.02  # seconds
DELAY = 0.03  # seconds of a link without jitter
EVENT = 20.0  # seconds until what happens once
OUTAGE = 2.0  # seconds
BURST = 5  # packets

Arrivals = Sequence[float | None]


def steady(count: int, seed: int) -> Arrivals:
    """Nothing lost, all alike."""
    del seed
    return [number * PACKET + DELAY for number in range(count)]


def one_lost(count: int, seed: int) -> Arrivals:
    """One packet."""
    return _without(steady(count, seed), 1)


def burst_lost(count: int, seed: int) -> Arrivals:
    """Five packets in a row."""
    return _without(steady(count, seed), BURST)


def outage(count: int, seed: int) -> Arrivals:
    """Two seconds, lost."""
    return _without(steady(count, seed), round(OUTAGE / PACKET))


def held_back(count: int, seed: int) -> Arrivals:
    """Two seconds, which all arrive at the end of them."""
    end = EVENT + OUTAGE + DELAY
    return [
        end + 1e-4 * number if EVENT <= number * PACKET < EVENT + OUTAGE else arrived
        for number, arrived in enumerate(steady(count, seed))
    ]


def rough(count: int, seed: int) -> Arrivals:
    """5 % lost, 40 ± 20 ms of delay (evenly spread), which reorders."""
    rng = np.random.default_rng(seed)
    delays, lost = rng.uniform(0.02, 0.06, count), rng.random(count) < 0.05
    return [
        None if gone else number * PACKET + float(delay)
        for number, (delay, gone) in enumerate(zip(delays, lost, strict=True))
    ]


def wifi(count: int, seed: int) -> Arrivals:
    """1 % lost, and every second or so all that is sent within 60 to 200 ms arrives at once."""
    rng = np.random.default_rng(seed)
    arrivals = list(steady(count, seed))
    at = 0.0
    while (at := at + rng.exponential(1.0)) < count * PACKET:
        free = at + rng.uniform(0.06, 0.2)
        for number in range(int(at / PACKET), min(round(free / PACKET), count)):
            arrived = arrivals[number]
            arrivals[number] = arrived and max(arrived, free + DELAY)
    return [None if rng.random() < 0.01 else arrived for arrived in arrivals]


LINKS: dict[str, Callable[[int, int], Arrivals]] = {
    "nothing lost": steady,
    "1 packet lost": one_lost,
    "5 packets lost": burst_lost,
    "2 s lost": outage,
    "2 s held back": held_back,
    "5 % lost, 40 ± 20 ms": rough,
    "1 % lost, stalls of 60 to 200 ms": wifi,
}


def _without(arrivals: Arrivals, lost: int) -> Arrivals:
    first = round(EVENT / PACKET)
    return [None if first <= number < first + lost else one for number, one in enumerate(arrivals)]
