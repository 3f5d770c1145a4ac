"""What training minimises, against closed forms."""

from __future__ import annotations

import pytest
import torch

from pellucid.training.losses import charbonnier


def picture(seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    rough = torch.rand((2, 1, 16, 16), generator=generator)
    return torch.nn.functional.interpolate(rough, scale_factor=4, mode="bicubic") * 0.6 + 0.2


def test_a_large_difference_counts_as_its_size() -> None:
    assert charbonnier(picture() + 0.25, picture()).item() == pytest.approx(0.25, rel=1e-4)


def test_a_small_difference_counts_less() -> None:
    tiny = 1e-5
    cost = charbonnier(picture() + tiny, picture()) - charbonnier(picture(), picture())
    assert 0 < cost.item() < tiny / 10
