"""Which level of a gated network each picture of one stream goes through.

A picture at the edge between two levels would change sides from frame to frame, and the change
shows: static areas flicker. So a stream's gate looks at what its pictures were like lately. In
whole numbers, as everything that engines must agree on: with f the features of a picture (see
`video.traces`), m starts as 16 f of the first one, and each later one does

       m += (16 f - m) >> 2

element by element, `>>` rounding down. The gate judges (m + 8) >> 4. Six pictures after a cut the
new scene makes up four fifths of m. A still picture is a stream of one.
"""

from __future__ import annotations

from pellucid.video import traces
from pellucid.video.integer import GatedNetwork, Luma, Network
from pellucid.video.traces import Features

MEMORY = 2  # bits: a new picture counts for a quarter
FRACTION = 4  # bits of the running mean


class Levels:
    """The levels of one stream's pictures, in the order they come."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._mean: Features | None = None

    def of(self, picture: Luma) -> int:
        """The level of the stream's next picture, uint8 (H, W)."""
        if not isinstance(self._network, GatedNetwork):
            return 0
        seen = traces.traces_of(picture) << FRACTION
        self._mean = seen if self._mean is None else self._mean + ((seen - self._mean) >> MEMORY)
        return self._network.gate.level((self._mean + (1 << FRACTION - 1)) >> FRACTION)
