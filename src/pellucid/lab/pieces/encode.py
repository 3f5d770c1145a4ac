"""Networks that learn to encode a curve, and whether they do: exactly, bend by bend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state

from pellucid.lab.pieces.frozen import Network
from pellucid.lab.pieces.geometry import Array
from pellucid.lab.pieces.problem import Segment, random_net
from pellucid.lab.pieces.solver import subdivide

LEARNING_RATE = 1e-2  # Adam, then half a cosine
SAMPLES = 512  # of a curve
STEEPNESS, CHARGE = 0.2, 0.1  # what is slower than this share of the mean is charged
SAME_SLOPE = 1e-9


@dataclass(frozen=True)
class Encoded:
    """How a network to the line goes along a curve.

    arcs: on which it is affine. turns_back: how often it changes between rising and falling; it
    encodes the curve where that is 0.
    """

    arcs: int
    turns_back: int


def along(network: Network, curve: Array) -> Encoded:
    """Exact, by the bends on every edge of the polyline (n, 2)."""
    rises: list[float] = []
    middles: list[Array] = []
    for start, end in pairwise(curve):
        found = subdivide(network, Segment(torch.from_numpy(start), torch.from_numpy(end)))
        for cell, ends in zip(found.cells, found.maps, strict=True):
            rises.append(float(ends[1, 0] - ends[0, 0]))
            middles.append(cell.corners.mean(axis=0) @ np.stack([start, end]))
    slopes = _slopes(network, np.stack(middles))
    limit = SAME_SLOPE * max(1.0, float(np.abs(slopes).max()))
    arcs = 1 + int((np.abs(np.diff(slopes, axis=0)).max(axis=1) > limit).sum())
    signs = np.sign(rises)
    return Encoded(arcs, int((signs[1:] * signs[:-1] <= 0).sum()))


def fit_encoders(
    widths: Sequence[int], wanted: Sequence[tuple[Array, int]], steps: int
) -> list[nn.Sequential]:
    """A network for each curve and seed, taught to tell how far along the curve a point lies.

    Every encoder tells that but for a stretching of the line, so this is to encode. Where it goes
    too slowly or backwards, that is charged on top.
    """
    nets = [random_net(widths, seed) for _, seed in wanted]
    points, share = samples([curve for curve, _ in wanted])

    def losses(told: Tensor) -> Tensor:
        slopes = torch.diff(told[..., 0]) / torch.diff(share)
        backwards = (STEEPNESS - slopes).relu().mean(dim=1)
        return (told[..., 0] - share).square().mean(dim=1) + CHARGE * backwards

    _descend(nets, points, losses, steps)
    return nets


def fit_autoencoders(
    encoder: Sequence[int], pieces: int, curve: Array, seeds: Sequence[int], steps: int
) -> list[tuple[nn.Sequential, float]]:
    """From each seed an encoder to the line with a decoder back, and their RMS error on the curve.

    Both are taught by that error. The encoder begins as one that tells the way along the curve,
    the decoder as `polyline_net`, which a decoder drawn at random seldom comes near.
    """
    first = fit_encoders(encoder, [(curve, seed) for seed in seeds], steps // 2)
    nets = [nn.Sequential(one, polyline_net(pieces, curve)) for one in first]
    points, _ = samples([curve] * len(seeds))

    def losses(made: Tensor) -> Tensor:
        return (made - points).square().sum(dim=2).mean(dim=1)

    _descend(nets, points, losses, steps)
    with torch.no_grad():
        return [(net, math.sqrt(float((net(p) - p).square().sum(dim=1).mean())))
                for net, p in zip(nets, points, strict=True)]  # fmt: skip


def polyline_net(pieces: int, curve: Array) -> nn.Sequential:
    """1-pieces-2: from 0..1 to the polyline through points of the curve, evenly along it.

    Unit k passes above k / pieces, so the first one always does, and each of the others is a bend.
    """
    ends = torch.from_numpy(_at(curve, np.linspace(0, 1, pieces + 1)))
    slopes = pieces * torch.diff(ends, dim=0)  # (pieces, 2)
    net = random_net([1, pieces, 2], 0)
    first, last = net[0], net[2]
    assert isinstance(first, nn.Linear)
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        first.weight.fill_(1)
        first.bias.copy_(-torch.arange(pieces) / pieces)
        last.weight.copy_(torch.diff(slopes, dim=0, prepend=torch.zeros(1, 2)).T)
        last.bias.copy_(ends[0])
    return net


def samples(curves: Sequence[Array]) -> tuple[Tensor, Tensor]:
    """(C, SAMPLES, 2), points evenly along each polyline; (SAMPLES,), their share of its length."""
    share = np.linspace(0, 1, SAMPLES)
    return torch.from_numpy(np.stack([_at(curve, share) for curve in curves])), torch.from_numpy(
        share
    )


def _at(curve: Array, share: npt.NDArray[np.floating]) -> Array:
    lengths = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    ends = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum()
    return np.stack([np.interp(share, ends, curve[:, axis]) for axis in (0, 1)], axis=1)


def _descend(
    nets: Sequence[nn.Module], points: Tensor, losses: Callable[[Tensor], Tensor], steps: int
) -> None:
    """Adam with half a cosine, all networks (of one shape) at once; each for itself alone."""
    stacked, _ = stack_module_state(list(nets))
    optimiser = torch.optim.Adam(stacked.values(), lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    run = torch.vmap(lambda own, batch: functional_call(nets[0], own, (batch,)))
    for _ in range(steps):
        optimiser.zero_grad()
        losses(run(stacked, points)).sum().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    for index, net in enumerate(nets):
        net.load_state_dict({name: values[index] for name, values in stacked.items()})


def _slopes(network: Network, points: Array) -> Array:
    """(n, 2), the gradient at each point."""
    at = torch.from_numpy(points).requires_grad_(True)
    (slopes,) = torch.autograd.grad(network(at)[:, 0].sum(), at)
    return np.asarray(slopes.numpy(), np.float64)
