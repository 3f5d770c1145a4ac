"""Weights that share few values: a codebook a layer, trained on through its centroids.

Source: Han et al. 2016, section 3: k-means from centroids spread evenly between the least weight
and the largest, which serve the few large weights best; then each centroid follows the sum of its
weights' gradients, which is what autograd makes of a look-up.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pellucid.training.compress.weights import hold, weights_of

ROUNDS = 50  # of k-means; it stands still after about twenty
Floats = npt.NDArray[np.float64]


class Shared(nn.Module):
    """A weight that is a look-up: a codebook (k,) is what is trained. Zeros stay zero."""

    index: Tensor

    def __init__(self, weight: Tensor, values: int) -> None:
        super().__init__()
        codebook, index = cluster(weight.detach().double().numpy(), values)
        self._start = torch.from_numpy(codebook).to(weight.dtype)
        self.register_buffer("index", torch.from_numpy(index))

    def forward(self, codebook: Tensor) -> Tensor:
        """(k,) to the shape of the weight."""
        return torch.cat([codebook.new_zeros(1), codebook])[self.index]

    def right_inverse(self, weight: Tensor) -> Tensor:
        """The codebook to begin with."""
        del weight
        return self._start


def share_values(net: nn.Module, values: int) -> None:
    """Hold each layer's weights that are not zero to so many values, at most."""
    hold(net, {name: Shared(weight, values) for name, weight in weights_of(net).items()})


def cluster(weight: Floats, values: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Rising centroids (k,), k at most `values`; and each weight's number from 1, 0 for zeros."""
    kept = weight[weight != 0]
    distinct = np.unique(kept)
    index = np.zeros(weight.shape, np.int64)
    if len(distinct) <= values:  # nothing to find
        index[weight != 0] = 1 + np.searchsorted(distinct, kept)
        return distinct, index
    codebook = np.linspace(distinct[0], distinct[-1], values)
    for _ in range(ROUNDS):
        nearest = _nearest(codebook, kept)
        counts = np.bincount(nearest, minlength=len(codebook))
        sums = np.bincount(nearest, kept, minlength=len(codebook))
        codebook = sums[counts > 0] / counts[counts > 0]  # an even start may have empty clusters
    index[weight != 0] = 1 + _nearest(codebook, kept)
    return codebook, index


def _nearest(codebook: Floats, weights: Floats) -> npt.NDArray[np.int64]:
    """On a line the nearest of rising centroids is between two middles: no distances needed."""
    return np.searchsorted((codebook[1:] + codebook[:-1]) / 2, weights)
