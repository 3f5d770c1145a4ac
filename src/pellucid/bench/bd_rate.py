"""Bjøntegaard delta rate: how many more bits one coding needs for the same quality.

Source: Bjøntegaard 2001, "Calculation of average PSNR differences between RD-curves" (ITU-T
VCEG-M33). Ours runs the monotone piecewise cubic of Fritsch and Butland 1984 through the points,
as the JCT-VC's later sheets do: one cubic through all points may overshoot between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RatePoint = tuple[float, float]  # bits (any unit), quality (higher is better)


def bd_rate(anchor: Sequence[RatePoint], tested: Sequence[RatePoint]) -> float | None:
    """Mean difference in rate at equal quality, in percent; negative means fewer bits.

    Each: two or more points of one clip, rates above 0. The mean is of log-rate, over the
    qualities that both curves reach. None when they share none, or when a curve has two points
    of equal quality, which leaves its rate there undefined.
    """
    curves = [_Curve.through(points) for points in (anchor, tested)]
    low = max(curve.quality[0] for curve in curves)
    high = min(curve.quality[-1] for curve in curves)
    if low >= high or any((np.diff(curve.quality) <= 0).any() for curve in curves):
        return None
    before, after = (curve.integral(low, high) for curve in curves)
    return 100 * math.expm1((after - before) / (high - low))


class _Curve:
    """Log-rate as a piecewise cubic of quality."""

    def __init__(self, quality: Floats, log_rate: Floats) -> None:
        self.quality, self.log_rate = quality, log_rate

    @classmethod
    def through(cls, points: Sequence[RatePoint]) -> _Curve:
        rate, quality = np.array(sorted(points, key=lambda point: point[1]), np.float64).T
        return cls(quality, np.log(rate))

    def integral(self, low: float, high: float) -> float:
        """Integrate log-rate from `low` to `high`, both inside the curve."""
        steps, slopes = np.diff(self.quality), monotone_slopes(self.quality, self.log_rate)
        total = 0.0
        for index, step in enumerate(steps):
            start = (max(low, self.quality[index]) - self.quality[index]) / step
            end = (min(high, self.quality[index + 1]) - self.quality[index]) / step
            if start < end:
                ends = self.log_rate[index : index + 2]
                piece = _antiderivative(ends, step * slopes[index : index + 2])
                total += step * (np.polyval(piece, end) - np.polyval(piece, start))
        return float(total)


def _antiderivative(values: Floats, slopes: Floats) -> Floats:
    """Integral over 0..1 of the cubic with these end values and slopes, highest power first."""
    rise = values[1] - values[0]
    cubic = [slopes[0] + slopes[1] - 2 * rise, 3 * rise - 2 * slopes[0] - slopes[1]]
    return np.polyint(np.array([*cubic, slopes[0], values[0]]))


def monotone_slopes(x: Floats, y: Floats) -> Floats:
    """Slopes that keep the piecewise cubic as monotone as its points; x strictly rising.

    Source: Fritsch and Butland 1984, eq. 5 inside; at the ends the three-point formula, limited.
    """
    step = np.diff(x)
    secant = np.diff(y) / step
    if len(secant) == 1:
        return np.repeat(secant, 2)
    inside = [
        _harmonic(step[i : i + 2], secant[i : i + 2]) if secant[i] * secant[i + 1] > 0 else 0.0
        for i in range(len(secant) - 1)
    ]
    first, last = _end(step[:2], secant[:2]), _end(step[:-3:-1], secant[:-3:-1])
    return np.array([first, *inside, last])


def _harmonic(step: Floats, secant: Floats) -> float:
    weights = np.array([2 * step[1] + step[0], step[1] + 2 * step[0]])
    return float(weights.sum() / (weights / secant).sum())


def _end(step: Floats, secant: Floats) -> float:
    """Slope at an end, where `step` and `secant` begin: no sign change, at most 3 secants."""
    slope = float(((2 * step[0] + step[1]) * secant[0] - step[0] * secant[1]) / step.sum())
    if slope * secant[0] <= 0:
        return 0.0
    if secant[0] * secant[1] <= 0 and abs(slope) > abs(3 * secant[0]):
        return float(3 * secant[0])
    return slope
