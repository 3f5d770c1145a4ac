"""What denoisers train on, and in which order the losses mind what is missing of a voice."""

import pytest
import torch

from pellucid.training.voice.losses import denoise_loss


def loss(share: float, missing: float) -> float:
    """Of a voice of which only a share is left, all of it being right at 1."""
    clean = torch.randn(2, 1600, generator=torch.Generator().manual_seed(1))
    spectra = torch.randn(10, 2, 2, 161, generator=torch.Generator().manual_seed(2))
    return float(denoise_loss(share * spectra, spectra, clean, clean, missing))


@pytest.mark.parametrize("missing", [0, 70, 500])
def test_least_when_nothing_is_missing_or_too_much(missing: float) -> None:
    assert loss(1, missing) < min(loss(0.5, missing), loss(1.5, missing))


def test_what_is_missing_counts_as_the_recipe_says() -> None:
    halved = [loss(0.5, missing) - loss(1, missing) for missing in (0, 70, 500)]
    assert halved[2] - halved[0] == pytest.approx((halved[1] - halved[0]) * 500 / 70, rel=1e-3)
    assert halved[1] > halved[0]
    louder = [loss(1.5, missing) - loss(1, missing) for missing in (0, 70, 500)]
    assert louder == pytest.approx([louder[0]] * 3)  # what is too much costs the same
