"""What training minimises: for calls a robust distance, for clean pictures decibels themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import Tensor

LossName = Literal["charbonnier", "decibel"]

# Of full scale: five grey levels, where |d| turns into d^2. Compared with a quarter of a level in
# docs/picture.md.
CHARBONNIER_EPSILON = 0.02
# Of full scale squared: 50 dB. Better than that nobody sees, and a flat patch would lead.
UNSEEN = 1e-5


def charbonnier(picture: Tensor, target: Tensor) -> Tensor:
    """Mean of sqrt(d^2 + eps^2), a differentiable |d|.

    Both (B, 1, H, W) in 0..1. Source: Charbonnier et al. 1994; Lai et al. 2017, eq. 2.
    """
    difference = picture - target
    return (difference.square() + CHARBONNIER_EPSILON**2).sqrt().mean()


def decibel(picture: Tensor, target: Tensor) -> Tensor:
    """Mean over the batch of ln(MSE + `UNSEEN`) / 100: PSNR but for sign and unit.

    Both (B, 1, H, W) in 0..1. Each patch counts by the share of its error that goes. Best for
    clean pictures; in calls it gives up on the hard-coded ones, where Charbonnier's does not.
    """
    mean_square = (picture - target).square().mean(dim=(1, 2, 3))
    return (mean_square + UNSEEN).log().mean() / 100


LOSSES: dict[LossName, Callable[[Tensor, Tensor], Tensor]] = {
    "charbonnier": charbonnier,
    "decibel": decibel,
}
