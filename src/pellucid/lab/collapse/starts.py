"""What a sample begins with: noise, a sample of the data, or a code; the same for all seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from pellucid.lab.collapse.arms import Start
from pellucid.lab.collapse.codes import drawing
from pellucid.lab.collapse.geometry import Array, Data
from pellucid.training.constraints import Map

NEIGHBOUR = 6  # noise leads from where it begins about as far as to this nearest sample
POOL = 8_000  # codes of each seed, drawn beforehand


class Starts:
    """Draws for S seeds, each from its stream. Data are scaled by one number to a variance of 1.

    anchor, noise, size: how many numbers an anchor, the noise and a sample have.
    stretch: the length in samples that noise of length 1 is meant to have.
    """

    def __init__(self, start: Start, data: Data, streams: Sequence[torch.Generator]) -> None:
        self._start, self._data, self._streams = start, data, streams
        learned = data.learned
        self._middle, self._unit = learned.mean(0), float(learned.std())
        self._real = torch.from_numpy((learned - self._middle) / self._unit).float()
        self.size, self.coded = self._real.shape[1], start.startswith("code")
        self.anchor = {"noise": 0, "sample": self.size}.get(start, data.latent)
        self.noise = 0 if start == "code" else data.latent
        self.stretch = 1.0
        if start in ("sample", "code and noise"):
            # Noise of k numbers is about √k long, whatever k is.
            self.stretch = _neighbourhood(self._real) / data.latent**0.5
        self._pool = torch.zeros(len(streams), 1, data.latent)

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Anchors (S, count, anchor) and noise (S, count, noise)."""
        if self._start == "noise":
            anchors = torch.zeros(len(self._streams), count, 0)
        elif self.coded:
            anchors = self._some(self._pool, count)
        else:
            anchors = self.real(count)
        parts = [torch.randn(count, self.noise, generator=stream) for stream in self._streams]
        return anchors, torch.stack(parts)

    def real(self, count: int) -> Tensor:
        """Samples to learn from, (S, count, size)."""
        return self._some(self._real.expand(len(self._streams), -1, -1), count)

    def learn_codes(self, encode: Map) -> None:
        """From now on codes come from a transport to those that the data have, for each seed."""
        with torch.no_grad():
            codes = encode(self._real.expand(len(self._streams), -1, -1)).double().numpy()
        pools = []
        for seed, own in enumerate(codes):
            rng = np.random.default_rng(seed)
            pools.append(drawing(own, self._data.widest, rng)(rng, POOL))
        self._pool = torch.from_numpy(np.stack(pools)).float()

    def in_own_units(self, made: Tensor) -> Array:
        """Samples as the data are."""
        return np.asarray(self._middle + self._unit * made.double().numpy())

    def _some(self, all_: Tensor, count: int) -> Tensor:
        chosen = [torch.randint(all_.shape[1], (count,), generator=s) for s in self._streams]
        return torch.stack([own[places] for own, places in zip(all_, chosen, strict=True)])


def _neighbourhood(real: Tensor) -> float:
    """The median distance from a sample to the sixth nearest other one."""
    points = real.numpy()
    return float(np.median(cKDTree(points).query(points, [NEIGHBOUR + 1])[0]))
