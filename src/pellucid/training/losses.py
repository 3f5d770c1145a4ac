"""What training minimises."""

from __future__ import annotations

from torch import Tensor

CHARBONNIER_EPSILON = 1e-3  # in units of full scale: a quarter of one 8-bit step


def charbonnier(picture: Tensor, target: Tensor) -> Tensor:
    """Mean of sqrt(d^2 + eps^2), a differentiable |d|.

    Both (B, 1, H, W) in 0..1. Source: Charbonnier et al. 1994; Lai et al. 2017, eq. 2.
    """
    difference = picture - target
    return (difference.square() + CHARBONNIER_EPSILON**2).sqrt().mean()
