"""What the networks hear of the levels: as they are, normalised, or on principal components."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pellucid.lab.recurrent.arms import Hears
from pellucid.lab.recurrent.geometry import BANDS

Hearing = Callable[[Tensor], Tensor]


def hearing_of(hears: Hears, levels: Tensor) -> Hearing:
    """A map of levels (..., BANDS), with the statistics of those that are learned from."""
    if hears == "levels":
        return lambda x: x
    flat = levels.reshape(-1, BANDS)
    mean, spread = flat.mean(0), flat.std(0)
    if hears == "normalised":
        return lambda x: (x - mean) / spread
    turn = _components((flat - mean) / spread)[:, : BANDS if hears == "whitened" else BANDS // 2]
    return lambda x: (x - mean) / spread @ turn


def width_of(hears: Hears) -> int:
    """How many numbers a frame then has."""
    return BANDS // 2 if hears == "half" else BANDS


def _components(flat: Tensor) -> Tensor:
    """(BANDS, BANDS): columns onto principal components, the largest first, each to variance 1."""
    found = torch.linalg.eigh(torch.cov(flat.T))
    turn: Tensor = found.eigenvectors / found.eigenvalues.clamp_min(1e-8).sqrt()
    return turn.flip(1)
