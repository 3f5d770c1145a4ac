"""Who judges: a critic of patches, what it minimises, and what the generator does against it.

Relativistic average logistic loss (Jolicoeur-Martineau 2018, eq. 11 and 12, as ESRGAN has it),
spectral norm (Miyato et al. 2018), and a penalty on the slope at real pictures (R1: Mescheder et
al. 2018, eq. 9), which keeps a critic from becoming so sharp that nothing can be learned from it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.nn.utils.parametrizations import spectral_norm

WIDTHS = (24, 48, 48)  # of the layers; a verdict sees 26 pixels
LEAK = 0.2


class Critic(nn.Module):
    """Pictures (B, inputs, H, W), 0..1, to a verdict for each place, (B, 1, H/4, W/4)."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        first, second, third = WIDTHS
        self.layers = nn.Sequential(
            _normed(inputs, first, 4, 2), nn.LeakyReLU(LEAK),
            _normed(first, second, 4, 2), nn.LeakyReLU(LEAK),
            _normed(second, third, 3, 1), nn.LeakyReLU(LEAK),
            _normed(third, 1, 3, 1),
        )  # fmt: skip

    def forward(self, pictures: Tensor) -> Tensor:
        """Higher: real."""
        found: Tensor = self.layers(2 * pictures - 1)
        return found.float()


def critic_loss(real: Tensor, made: Tensor) -> Tensor:
    """Of verdicts: real ones above the mean of made ones, made ones below that of real ones."""
    return (softplus(made.mean() - real) + softplus(made - real.mean())).mean()


def generator_loss(real: Tensor, made: Tensor) -> Tensor:
    """The same with the sides changed; both verdicts may have a slope."""
    return critic_loss(made, real)


def slope_penalty(critic: Critic, real: Tensor) -> Tensor:
    """R1: half the mean squared slope of a verdict at real pictures (B, C, H, W)."""
    real = real.detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(real).mean(dim=(2, 3)).sum(), real, create_graph=True)
    return slope.square().sum(dim=(1, 2, 3)).mean() / 2


def _normed(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Module:
    return spectral_norm(nn.Conv2d(inputs, outputs, kernel, stride, 1))
