"""The terms of a generator's loss, each of pictures in 0..1, and how they are added up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pellucid.training import constraints
from pellucid.training.adversarial.recipe import CELL

STILL = 2.5 / 255  # what the truth may change from frame to frame and still count as standing still
RADIUS, SIGMA = 5, 1.5  # of the structure term
# Its weights, at full size and at halves of it: of the mean, of the worst, of lost edges.
STRUCTURE = ((0, 0.03, 0.07), (0, 0.03, 0), (1, 0.1, 0), (1, 0.1, 0))
CONTRAST = 0.03**2  # SSIM's C2
TANGENT_SIDE = 3 * CELL  # pixels; what the tangent term looks at: J costs a pass for each code

Enlarge = Callable[[Tensor, Tensor], Tensor]  # low (B, 1, H, W) and z (B, k) to (B, 1, 2H, 2W)


@dataclass(frozen=True, eq=False)
class Seen:
    """What a step made of a batch of B moments.

    low, high: (2B, 1, ...), the frames before and then the frames. calm: without noise, so made.
    wild: with noise, or None.
    """

    low: Tensor
    high: Tensor
    calm: Tensor
    wild: Tensor | None

    @property
    def half(self) -> int:
        """B."""
        return len(self.low) // 2


def steady(made: Tensor, truth: Tensor) -> Tensor:
    """Mean |change of made| where the truth stands still, of (2B, 1, H, W); 0 where nothing does.

    This is what `bench.quality.Flicker` measures, in shares of full scale.
    """
    before, now = (picture.chunk(2) for picture in (made, truth))
    still = (now[1] - now[0]).abs() <= STILL
    moved = (before[1] - before[0]).abs() * still
    return moved.sum() / still.sum().clamp_min(1)


def structure(made: Tensor, truth: Tensor) -> Tensor:
    """How far local structure is off, 0 for the same: (B, 1, H, W) both, 96 pixels or more a side.

    1 - SSIM without its luminance (Wang et al. 2004, eq. 12): its mean where people mind it most,
    at a quarter and an eighth of the size, and at every scale the fourth root of the mean fourth
    power, so that the worst places count; at full size edges that are lost, likewise. Luma alone,
    weights rounded from those that SSIMULACRA2 (Sneyers 2022) learned from people's choices.
    """
    total = made.new_zeros(())
    for mean, worst, edges in STRUCTURE:
        middles = [_blur(picture) for picture in (made, truth)]
        own = [_blur(x * x) - m * m for x, m in zip((made, truth), middles, strict=True)]
        both = _blur(made * truth) - middles[0] * middles[1]
        off = (1 - (2 * both + CONTRAST) / (own[0] + own[1] + CONTRAST)).relu()
        made_edge, edge = ((x - m).abs() for x, m in zip((made, truth), middles, strict=True))
        lost = (1 - (1 + made_edge) / (1 + edge)).relu()
        total = total + mean * off.mean() + worst * _worst(off) + edges * _worst(lost)
        made, truth = (functional.avg_pool2d(picture, 2) for picture in (made, truth))
    return total


def local(enlarge: Enlarge, seen: Seen, z: Tensor, stretch: float) -> Tensor:
    """‖G(x, 0) - target‖² and the noise's leash, per pixel and in units of the stretch.

    z: (2B, k). See `constraints.anchored` and `constraints.near`.
    """
    scaled = _per_pixel(enlarge, seen.high[0].numel() ** 0.5 * stretch)
    truth = seen.high / (seen.high[0].numel() ** 0.5 * stretch)
    held = constraints.anchored(scaled, seen.low, z, truth)
    return stretch * held + constraints.near(scaled, seen.low, z)


def tangent(enlarge: Enlarge, low: Tensor, z: Tensor, stretch: float) -> Tensor:
    """‖JᵀJ / s² - I‖² at small patches in the middle; s: the root mean square change of a pixel."""
    small = middle_of(low)
    pixels = 4 * small[0].numel()
    scaled = _per_pixel(enlarge, pixels**0.5)
    return constraints.tangent(lambda code: scaled(small, code), z, stretch)


def middle_of(low: Tensor) -> Tensor:
    """The patch that the tangent term looks at."""
    edge = (low.shape[-1] - TANGENT_SIDE) // 2
    return low[..., edge : edge + TANGENT_SIDE, edge : edge + TANGENT_SIDE]


def latent(encode: constraints.Map, wild: Tensor, codes: Tensor) -> Tensor:
    """mean |E(G(x, z)) - y|² over all cells; codes (B, cells, k)."""
    return constraints.latent(encode, wild, codes) / codes.shape[-1]


def total(parts: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    """The weighted sum of the parts that there are."""
    return torch.stack([weights[name] * part for name, part in parts.items()]).sum()


def _worst(off: Tensor) -> Tensor:
    """The tiny number keeps the root's slope finite."""
    return (off**4).mean().add(1e-12) ** 0.25


def _blur(picture: Tensor) -> Tensor:
    """A Gaussian of 1.5 pixels, edges reflected: (B, 1, H, W)."""
    taps = torch.exp(-(torch.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))
    taps = taps / taps.sum()
    padded = functional.pad(picture, (RADIUS,) * 4, mode="reflect")
    return functional.conv2d(
        functional.conv2d(padded, taps[None, None, None]), taps[None, None, :, None]
    )


def _per_pixel(enlarge: Enlarge, root: float) -> Enlarge:
    return lambda low, z: enlarge(low, z) / root
