"""How loud a room is: the least power of each bin, lately."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Power = npt.NDArray[np.float32]

MEMORY = np.float32(0.8)  # of the power, from hop to hop
RISE = np.float32(10 ** (3 / 10 / 100))  # a hop: 3 dB a second, so that a louder room is learned


class NoiseFloor:
    """Follows the minimum of the smoothed power (after Martin 2001, whose minimum has a window).

    power: float32 (bins,), silence until something was heard.
    """

    def __init__(self, bins: int) -> None:
        self.power: Power = np.zeros(bins, np.float32)
        self._smooth: Power | None = None

    def push(self, power: Power) -> None:
        """float32 (n, bins)."""
        for frame in power:
            if self._smooth is None:
                self._smooth = self.power = frame
            self._smooth = MEMORY * self._smooth + (1 - MEMORY) * frame
            self.power = np.minimum(self.power * RISE, self._smooth)
