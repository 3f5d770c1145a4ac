"""Draws the batch of a step: which patches, which place, which of the eight orientations.

A batch depends on the recipe's seed and the step's number alone, so a resumed training sees
exactly the batches that an uninterrupted one would have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pellucid.training.dataset import CLIP, PATCH, STILL, Dataset, Patches
from pellucid.training.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Batch:
    """low (B, 1, p, p), high (B, 1, 2p, 2p), traces (B, 36): float32, whole numbers."""

    low: Tensor
    high: Tensor
    traces: Tensor


class Batches:
    """Batches of a dataset by step number."""

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        self._data, self._recipe = dataset, recipe
        self.digest = dataset.digest
        stills, clips = (np.flatnonzero(dataset.group == group) for group in (STILL, CLIP))
        share = recipe.clip_share if len(stills) and len(clips) else float(len(clips) > 0)
        self.traces = torch.from_numpy(dataset.traces[dataset.group <= CLIP].astype(np.float32))
        self._pools = ((stills, 1 - share), (clips, share))

    def draw(self, step: int) -> Batch:
        """The batch of a step."""
        recipe = self._recipe
        rng = np.random.default_rng([recipe.seed, step])
        chosen = [self._index(rng) for _ in range(recipe.batch)]
        pairs = [self._pair(index, rng, recipe.patch) for index in chosen]
        planes = [np.stack(planes)[:, None] for planes in zip(*pairs, strict=True)]
        arrays = (*planes, self._data.traces[chosen])
        return Batch(*(torch.from_numpy(array).float() for array in arrays))

    def _index(self, rng: np.random.Generator) -> int:
        pool = self._pools[int(rng.random() < self._pools[1][1])][0]
        return int(pool[rng.integers(len(pool))])

    def _pair(self, index: int, rng: np.random.Generator, side: int) -> tuple[Patches, ...]:
        top, left = rng.integers(0, PATCH - side + 1, 2)
        low = self._data.low[index, top : top + side, left : left + side]
        high = self._data.high[index, 2 * top : 2 * (top + side), 2 * left : 2 * (left + side)]
        turn, mirror = int(rng.integers(4)), rng.random() < 0.5
        return tuple(
            np.ascontiguousarray(np.rot90(plane[:, ::-1] if mirror else plane, turn))
            for plane in (low, high)
        )
