"""What denoisers train on, and in which order the losses mind what is missing of a voice."""

import pytest
import torch

from pellucid.training.voice.losses import DENOISE_LOSSES, denoise_loss


def loss(share: float, kind: str) -> float:
    """Of a voice of which only a share is left, all of it being right at 1."""
    clean = torch.randn(2, 1600, generator=torch.Generator().manual_seed(1))
    spectra = torch.randn(10, 2, 2, 161, generator=torch.Generator().manual_seed(2))
    return float(denoise_loss(share * spectra, spectra, clean, clean, kind))


@pytest.mark.parametrize("kind", DENOISE_LOSSES)
def test_least_when_nothing_is_missing_or_too_much(kind: str) -> None:
    assert loss(1, kind) < min(loss(0.5, kind), loss(1.5, kind))


def test_what_is_missing_counts_more_the_wholer_a_voice_is_to_be() -> None:
    halved = [loss(0.5, kind) - loss(1, kind) for kind in ("compressed", "kept", "whole")]
    assert halved[0] < halved[1] < halved[2]
    louder = {round(loss(1.5, kind) - loss(1, kind), 3) for kind in ("compressed", "kept", "whole")}
    assert len(louder) == 1  # what is too much costs the same
