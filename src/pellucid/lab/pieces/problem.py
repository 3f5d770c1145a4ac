"""What is counted: a segment or a part of a plane in the space of a network's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from pellucid.errors import FrameError

BIAS = 0.3  # standard deviation


@dataclass(frozen=True, eq=False)
class Segment:
    """From one input to another; both tensors of one shape, without the batch."""

    start: Tensor
    end: Tensor

    @property
    def frame(self) -> Tensor:
        """(2, ...) in float64."""
        return _stacked(self.start, self.end)


@dataclass(frozen=True, eq=False)
class Plane:
    """The parallelogram corner + s along + t across, s and t in 0..1; tensors of one shape."""

    corner: Tensor
    along: Tensor
    across: Tensor

    @property
    def frame(self) -> Tensor:
        """(3, ...) in float64: the corner and its neighbours."""
        return _stacked(self.corner, self.corner + self.along, self.corner + self.across)


Slice = Segment | Plane


def box(half: float) -> Plane:
    """The square from -half to half, for networks of two inputs."""
    side = 2.0 * half
    corner = torch.tensor([-half, -half], dtype=torch.float64)
    return Plane(corner, torch.tensor([side, 0.0]).double(), torch.tensor([0.0, side]).double())


def through(points: Tensor) -> Plane:
    """Three points (3, ...) in the middle of a parallelogram: the triangle of the edges' middles.

    So all three lie inside it, with as much around them as between them.
    """
    first, second, third = points.double()
    along, across = second - first, third - first
    return Plane(first - (along + across) / 2, 2 * along, 2 * across)


def random_net(widths: Sequence[int], seed: int) -> nn.Sequential:
    """Dense layers of these widths with ReLU between them, in float64.

    Weights as He et al. 2015, normal; biases normal too, so that bends do not meet in 0.
    """
    generator = torch.Generator().manual_seed(seed)
    parts: list[nn.Module] = []
    for before, after in pairwise(widths):
        layer = nn.Linear(before, after, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.normal_(0, (2 / before) ** 0.5, generator=generator)
            layer.bias.normal_(0, BIAS, generator=generator)
        parts += [layer, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def folded_net(layers: int) -> nn.Sequential:
    """2-4-...-4-1 that folds both sides of the unit square `layers` times: 4**layers pieces.

    Source: Montúfar et al. 2014, section 3, with the tent map 2x, then 2 - 2x as the fold.
    """
    fold = torch.tensor([[2.0, -4, 0, 0], [0, 0, 2, -4]]).double()  # of x, x - 1/2, y, y - 1/2
    bends = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]]).double()
    parts: list[nn.Module] = []
    for layer in range(layers):
        weight = bends @ fold if layer else bends
        parts += [_dense(weight, torch.tensor([0, -0.5, 0, -0.5]).double()), nn.ReLU()]
    last = torch.tensor([[1.0, 0.5**0.5]]).double() @ fold
    return nn.Sequential(*parts, _dense(last, torch.zeros(1).double()))


def convolutional_net(channels: int, layers: int, seed: int) -> nn.Sequential:
    """`layers` 3x3 convolutions of so many channels with ReLU, then one to 4, as for pixel shuffle.

    Drawn as `random_net` is.
    """
    generator = torch.Generator().manual_seed(seed)
    parts: list[nn.Module] = []
    for before, after in pairwise([1, *[channels] * layers, 4]):
        layer = nn.Conv2d(before, after, 3, padding=1, dtype=torch.float64)
        assert layer.bias is not None
        with torch.no_grad():
            layer.weight.normal_(0, (2 / (9 * before)) ** 0.5, generator=generator)
            layer.bias.normal_(0, BIAS, generator=generator)
        parts += [layer, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def soft_pictures(count: int, side: int, seed: int) -> Tensor:
    """(count, 1, side, side), random waves of low frequency, about -1..1."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(count, 1, 4, 4, generator=generator, dtype=torch.float64)
    return nn.functional.interpolate(coarse, (side, side), mode="bicubic", align_corners=True)


def _dense(weight: Tensor, bias: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=torch.float64)
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer


def _stacked(*points: Tensor) -> Tensor:
    shapes = {tuple(point.shape) for point in points}
    if len(shapes) > 1:
        raise FrameError(f"slice: expected points of one shape, got {sorted(shapes)}")
    return torch.stack([point.detach().double() for point in points])
