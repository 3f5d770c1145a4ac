"""Which packets get lost, by a Gilbert-Elliott link."""

from __future__ import annotations

import numpy as np

from pellucid.bench.masks import Lost

LOSS = (0.03, 0.3)  # share of packets
BURST = (1.0, 6.0)  # packets in a row, on average
BAD, GOOD = 0.9, 0.01  # chance that a packet is lost in either state of the link


def gilbert_elliott(rng: np.random.Generator, packets: int) -> Lost:
    """A link with a good and a bad state (Gilbert 1960, Elliott 1963), drawn anew each time.

    bool (packets,). The state changes such that bad states last `BURST` packets on average and
    losses come to a share within `LOSS`, few losses of good states aside.
    """
    leaves = 1 / rng.uniform(*BURST)
    enters = leaves * (share := rng.uniform(*LOSS)) / (1 - share)
    turns, losses = rng.random(packets), rng.random(packets)
    bad, lost = bool(rng.random() < share), np.zeros(packets, bool)
    for packet in range(packets):
        lost[packet] = losses[packet] < (BAD if bad else GOOD)
        bad = turns[packet] >= leaves if bad else turns[packet] < enters
    return lost
