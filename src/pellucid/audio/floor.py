"""How loud a room is: the least power of each bin, lately, and what is usual with its voices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Power = npt.NDArray[np.float32]

MEMORY = np.float32(0.8)  # of the power, from hop to hop
RISE = np.float32(10 ** (3 / 10 / 100))  # a hop: 3 dB a second, so that a louder room is learned
RECENT = np.float32(0.995)  # of the usual level, from hop to hop: two seconds
LEAST = np.float32(1e-12)  # power


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


class UsualLevel:
    """Follows the mean of the logarithm of the power: between a voice and its pauses.

    power: float32 (bins,), silence until something was heard.
    """

    def __init__(self, bins: int) -> None:
        self.power: Power = np.zeros(bins, np.float32)
        self._mean: Power | None = None

    def push(self, power: Power) -> None:
        """float32 (n, bins)."""
        for level in np.log(power + LEAST):
            self._mean = level if self._mean is None else RECENT * self._mean + (1 - RECENT) * level
        if self._mean is not None:
            self.power = np.exp(self._mean)
