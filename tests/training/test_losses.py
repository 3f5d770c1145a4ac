"""What training minimises, against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from pellucid.training.losses import CHARBONNIER_EPSILON, UNSEEN, charbonnier, decibel


def picture(seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    rough = torch.rand((2, 1, 16, 16), generator=generator)
    return torch.nn.functional.interpolate(rough, scale_factor=4, mode="bicubic") * 0.6 + 0.2


def decibels(*errors: float) -> float:
    """The loss of two patches with these errors, in natural logarithms."""
    wrong = picture() + torch.tensor(errors)[:, None, None, None]
    return 100 * decibel(wrong, picture()).item()


def test_a_large_difference_counts_as_its_size() -> None:
    assert charbonnier(picture() + 0.5, picture()).item() == pytest.approx(0.5, rel=1e-3)


def test_a_small_difference_counts_less() -> None:
    tiny = CHARBONNIER_EPSILON / 100
    cost = charbonnier(picture() + tiny, picture()) - charbonnier(picture(), picture())
    assert 0 < cost.item() < tiny / 10


def test_a_tenth_of_the_error_is_twenty_decibels() -> None:
    gained = decibels(0.3, 0.3) - decibels(0.03, 0.03)
    assert gained * 10 / math.log(10) == pytest.approx(20, abs=0.1)


def test_every_patch_counts_by_its_own_share() -> None:
    assert decibels(0.3, 0.1) - decibels(0.3, 0.05) == pytest.approx(math.log(2), rel=0.03)


def test_what_nobody_sees_is_not_chased() -> None:
    assert decibels(0.0, 0.0) == pytest.approx(math.log(UNSEEN), rel=1e-5)
