"""Critics, and what is minimised by both sides."""

from __future__ import annotations

import math

import torch

from pellucid.training.adversarial.critics import (
    Critic,
    critic_loss,
    generator_loss,
    slope_penalty,
)


def test_who_cannot_tell_loses_twice_ln_2() -> None:
    same = torch.full((3, 1, 4, 4), 0.7)
    torch.testing.assert_close(critic_loss(same, same), torch.tensor(2 * math.log(2)))


def test_the_sides_want_the_opposite() -> None:
    real, made = torch.full((2, 1, 3, 3), 2.0), torch.full((2, 1, 3, 3), -1.0)
    assert critic_loss(real, made) < critic_loss(made, real)
    torch.testing.assert_close(generator_loss(real, made), critic_loss(made, real))


def test_only_the_difference_of_verdicts_counts() -> None:
    torch.manual_seed(0)
    real, made = torch.randn(2, 1, 3, 3), torch.randn(2, 1, 3, 3)
    torch.testing.assert_close(critic_loss(real + 5, made + 5), critic_loss(real, made))


def test_a_flat_critic_has_no_slope_and_a_linear_one_its_weights() -> None:
    class Linear(Critic):
        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return 3.0 * pictures[:, :1]

    real = torch.rand(2, 2, 4, 4)
    # The mean over 16 places of 3 x: a slope of 3/16 at each of 16, so 9/16, and half of it.
    torch.testing.assert_close(slope_penalty(Linear(2), real), torch.tensor(9 / 32))


def test_a_critic_cannot_stretch_more_than_its_layers_may() -> None:
    torch.manual_seed(0)
    critic = Critic(2)
    one, other = torch.rand(1, 2, 32, 32), torch.rand(1, 2, 32, 32)
    apart = (critic(one) - critic(other)).norm() / (one - other).norm()
    # Spectral norm bounds each weight as a matrix of patches, and a pixel is in as many patches as
    # kernel / stride squared: 2 * 2 * 3 * 3 in length over all layers; pictures come in times 2.
    assert apart <= 2 * 2 * 2 * 3 * 3
    assert critic(one).shape == (1, 1, 8, 8)
