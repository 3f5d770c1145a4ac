"""What an estimate makes of bad links: ours, and aiortc's, made after what browsers send as REMB.

    PYTHONPATH=tests python -m call.bench_estimate

Nothing is measured on this machine: links, senders and clocks are made up, so the numbers are the
same everywhere. Medians over ten seeds, each phase from five seconds on; aiortc's own 30 Mbit/s,
which it says until it knows something, count as ours does at first.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean, median

from aiortc.rate import RemoteBitrateEstimator

from call.way import GOOD, Estimates, Sender
from pellucid.call.estimate import FIRST, Estimate
from pellucid.call.impairment import Conditions
from pellucid.call.rate import LEAST

SEEDS, SETTLING = 10, 5.0
PHASES = (
    ("good", GOOD),
    ("5 % lost, 40 ± 20 ms", Conditions(loss=0.05, delay_ms=40, jitter_ms=20)),
    ("good again", GOOD),
    ("300 kbit/s", Conditions(delay_ms=20, rate_kbps=300)),
    ("good again", GOOD),
    ("800 kbit/s, 40 ± 20 ms", Conditions(delay_ms=40, jitter_ms=20, rate_kbps=800)),
)


class Theirs:
    """aiortc's, by the same face; no less than what we would send anyway."""

    def __init__(self) -> None:
        self.rate = FIRST
        self._own = RemoteBitrateEstimator()

    def push(self, sent: float, arrived: float, octets: int) -> bool:
        stamp = int(sent * 2**18) % 2**24
        told = self._own.add(round(1000 * arrived), stamp, octets, ssrc=1)
        self.rate = max(LEAST, told[0]) if told else self.rate
        return told is not None


def phases(seed: int, estimate: Estimates) -> list[tuple[float, float, float]]:
    """Of each phase: mean kbit/s; median and 95th percentile of packets' delays, ms."""
    sender, made = Sender(seed, estimate), []
    for _, conditions in PHASES:
        sender.send(conditions, SETTLING)
        sender.send(conditions, 15)
        late = sorted(sender.delays)
        p95 = late[int(0.95 * len(late))]
        made.append((mean(sender.rates) / 1000, 1000 * median(late), 1000 * p95))
    return made


def main() -> None:
    """Print a line for each phase and each of the two."""
    kinds: dict[str, Callable[[], Estimates]] = {"aiortc's": Theirs, "ours": Estimate}
    for name, make in kinds.items():
        runs = [phases(seed, make()) for seed in range(SEEDS)]
        for (phase, _), seen in zip(PHASES, zip(*runs, strict=True), strict=True):
            rates, middles, lates = zip(*seen, strict=True)
            print(
                f"{name:9} {phase:24} {median(rates):5.0f} kbit/s (least {min(rates):4.0f})"
                f"   {median(middles):4.0f} ms, 95 % within {median(lates):4.0f} ms"
            )


if __name__ == "__main__":
    main()
