"""Blocks that train as several branches and run as one 3x3 convolution: the fold is exact.

Each has `branches`, the sum as it is written in its paper, and `folded`, the one kernel that gives
the same for every input, at the border too: the input is padded with zeros once, before the first
layer of a branch, so that a 1x1 convolution puts its bias around the picture and the 3x3 one
behind it sees there what the folded kernel sees (Zhang et al. 2021, section 3.2). A ReLU follows,
outside of the block.

Training goes through the folded kernel, which is the same function and takes no longer than a
plain convolution (Bhardwaj et al. 2022, section 3.3), but where a batch norm needs the branches.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_weights

Kernel = tuple[Tensor, Tensor]  # (O, C, k, k), k 1 or 3, and (O,)
EXPANSION = 4  # of a SESR block's channels inside
EDGES = {  # what ECB looks for besides what it learns: Sobel's two and Laplace's
    "down": [[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]],
    "across": [[1.0, 0, -1], [2, 0, -2], [1, 0, -1]],
    "laplace": [[0.0, 1, 0], [1, -4, 1], [0, 1, 0]],
}


class Collapsible(nn.Module, ABC):
    """(B, C, h, w), the same again."""

    @abstractmethod
    def folded(self) -> Kernel:
        """Weight (C, C, 3, 3) and bias (C,), differentiable."""

    @abstractmethod
    def branches(self, padded: Tensor) -> Tensor:
        """As in the paper, from features padded by one zero on each side."""

    def forward(self, features: Tensor) -> Tensor:
        """Through the folded kernel."""
        weight, bias = self.folded()
        return functional.conv2d(features, weight, bias, padding=1)


class Sesr(Collapsible):
    """3x3 to more channels, 1x1 back, and the input. Source: Bhardwaj et al. 2022, figure 2."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.widen = nn.Conv2d(width, EXPANSION * width, 3)
        self.narrow = nn.Conv2d(EXPANSION * width, width, 1)

    def folded(self) -> Kernel:
        """See Collapsible."""
        narrow = self.narrow.weight[:, :, 0, 0]
        weight = torch.einsum("om,mckl->ockl", narrow, self.widen.weight)
        return weight + _identity(weight), narrow @ _bias(self.widen) + _bias(self.narrow)

    def branches(self, padded: Tensor) -> Tensor:
        """See Collapsible."""
        made: Tensor = self.narrow(self.widen(padded)) + _inner(padded)
        return made


class Ecb(Collapsible):
    """3x3; 1x1 then 3x3; 1x1 then each of `EDGES`; and the input. Source: Zhang et al. 2021."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.plain = nn.Conv2d(width, width, 3)
        self.first, self.second = nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 3)
        self.mixes = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in EDGES)
        self.strengths = nn.Parameter(torch.randn(len(EDGES), width) * 1e-3)
        self.offsets = nn.Parameter(torch.zeros(len(EDGES), width))
        self.register_buffer("edges", torch.tensor(list(EDGES.values())))

    def folded(self) -> Kernel:
        """See Collapsible."""
        kernels = [(self.plain.weight, _bias(self.plain)), _joined(self.first, *_of(self.second))]
        kernels += [_joined(mix, *self._edge(each)) for each, mix in enumerate(self._mixes())]
        weight = torch.stack([weight for weight, _ in kernels]).sum(0)
        return weight + _identity(weight), torch.stack([bias for _, bias in kernels]).sum(0)

    def branches(self, padded: Tensor) -> Tensor:
        """See Collapsible."""
        made: Tensor = self.plain(padded) + self.second(self.first(padded)) + _inner(padded)
        for each, mix in enumerate(self._mixes()):
            made = made + functional.conv2d(mix(padded), *self._edge(each))
        return made

    def _mixes(self) -> list[nn.Conv2d]:
        return list(self.mixes)  # type: ignore[arg-type]

    def _edge(self, each: int) -> Kernel:
        """Each channel's own strength times the edge, as a full kernel."""
        edges = self.get_buffer("edges")
        weight = torch.diag(self.strengths[each])[:, :, None, None] * edges[each]
        return weight, self.offsets[each]


class RepVgg(Collapsible):
    """3x3, 1x1 and nothing, a batch norm behind each. Source: Ding et al. 2021, figure 4."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(width, width, side, bias=False) for side in (3, 1)])
        self.norms = nn.ModuleList([nn.BatchNorm2d(width) for _ in range(3)])

    def forward(self, features: Tensor) -> Tensor:
        """By branches while the batch norms learn, through the folded kernel afterwards."""
        if self.training:
            return self.branches(functional.pad(features, (1,) * 4))
        return super().forward(features)

    def folded(self) -> Kernel:
        """As the batch norms' running means have it; see Collapsible."""
        three, one = (conv.weight for conv in self.convs)
        assert isinstance(three, Tensor)
        assert isinstance(one, Tensor)
        whole = (three, functional.pad(one, (1,) * 4), _identity(three))
        fused = [_fused(weight, norm) for weight, norm in zip(whole, self.norms, strict=True)]
        weights, biases = zip(*fused, strict=True)
        return torch.stack(weights).sum(0), torch.stack(biases).sum(0)

    def branches(self, padded: Tensor) -> Tensor:
        """See Collapsible."""
        inner = _inner(padded)
        seen = (self.convs[0](padded), self.convs[1](inner), inner)
        made = [norm(each) for norm, each in zip(self.norms, seen, strict=True)]
        return torch.stack(made).sum(0)


def _joined(first: nn.Conv2d, weight: Tensor, bias: Tensor) -> Kernel:
    """A 1x1 convolution and the 3x3 one behind it as one."""
    through = torch.einsum("omkl,mc->ockl", weight, first.weight[:, :, 0, 0])
    return through, bias + weight.sum((2, 3)) @ _bias(first)


def _fused(weight: Tensor, norm: nn.Module) -> Kernel:
    assert isinstance(norm, nn.BatchNorm2d)
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    return fuse_conv_bn_weights(weight, None, mean, variance, norm.eps, norm.weight, norm.bias)


def _identity(like: Tensor) -> Tensor:
    """The 3x3 kernel that changes nothing, of this shape."""
    kernel = torch.zeros_like(like)
    places = torch.arange(len(like))
    kernel[places, places, 1, 1] = 1
    return kernel


def _inner(padded: Tensor) -> Tensor:
    return padded[:, :, 1:-1, 1:-1]


def _of(conv: nn.Conv2d) -> Kernel:
    return conv.weight, _bias(conv)


def _bias(conv: nn.Conv2d) -> Tensor:
    assert conv.bias is not None
    return conv.bias
