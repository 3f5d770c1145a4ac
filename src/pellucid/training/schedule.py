"""The learning rate over a training: linear warm-up, then half a cosine down to a small share."""

from __future__ import annotations

import math

WARM_UP = 200  # steps


def rate_share(step: int, steps: int, final: float) -> float:
    """Of the highest rate, in 0..1; `final` at the end (Loshchilov and Hutter 2017, eq. 5)."""
    cosine = (1 + math.cos(math.pi * step / steps)) / 2
    return (final + (1 - final) * cosine) * min(1.0, (step + 1) / WARM_UP)
