"""The slices of the space of pictures on which a network's pieces are counted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from pellucid.errors import MediaError
from pellucid.lab.pieces.problem import Plane, Segment
from pellucid.training.dataset import CLIP_HELD_OUT, STILL_HELD_OUT, Dataset

ON_SEGMENT, ON_PLANE = 16, 4  # pixels, side of the patches between which slices run
SEGMENTS, PLANES = 8, 2


@dataclass(frozen=True)
class Slices:
    """segments: from one held-out patch to another. planes: spanned by three of them."""

    segments: tuple[Segment, ...]
    planes: tuple[Plane, ...]


def slices_of(dataset: Dataset) -> Slices:
    """The same for every network. Raises MediaError where too little is held out."""
    index = np.flatnonzero(np.isin(dataset.group, (STILL_HELD_OUT, CLIP_HELD_OUT)))
    wanted = max(SEGMENTS + 1, 3 * PLANES)
    if len(index) < wanted:
        raise MediaError(f"held out: expected {wanted} patches or more, got {len(index)}")
    chosen = index[np.linspace(0, len(index) - 1, wanted).astype(int)]
    patches = torch.from_numpy(dataset.low[chosen]).double()[:, None] / 255
    large, small = _middle(patches, ON_SEGMENT), _middle(patches, ON_PLANE)
    segments = tuple(Segment(a, b) for a, b in pairwise(large))
    triples = small[: 3 * PLANES].reshape(PLANES, 3, *small.shape[1:])
    return Slices(segments[:SEGMENTS], tuple(Plane(a, b - a, c - a) for a, b, c in triples))


def _middle(patches: Tensor, side: int) -> Tensor:
    at = (patches.shape[-1] - side) // 2
    return patches[..., at : at + side, at : at + side]
