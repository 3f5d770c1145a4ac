"""Whole channels taken out, the same ones of all layers that share them.

A *stream* is a set of channels that layers write and layers read. In a chain each layer's output is
one, with a writer and a reader. Behind a skip the outputs of several layers are added, so that all
of them write one stream: a channel leaves from all or from none. torch-pruning finds streams by
watching calls; our networks hand weights to an engine without calls, so here they are told.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor, nn

from pellucid.errors import FrameError
from pellucid.training.nets.plain import PlainNet
from pellucid.training.nets.srgan import Residual, SrGan


@dataclass(frozen=True, eq=False)
class Stream:
    """Ungrouped convolutions that write the same channels, and those that read them."""

    writers: tuple[nn.Conv2d, ...]
    readers: tuple[nn.Conv2d, ...]


def norms(stream: Stream) -> Tensor:
    """The norm of all weights that a channel has in all its layers, (C,).

    Source: Fang et al. 2023, section 3.3, without their training that makes them sparse.
    """
    written = [layer.weight.flatten(1).square().sum(1) for layer in stream.writers]
    read = [layer.weight.transpose(0, 1).flatten(1).square().sum(1) for layer in stream.readers]
    return torch.stack([*written, *read]).sum(0).sqrt().detach()


def keep_largest(stream: Stream, count: int) -> None:
    """Leave that many channels. Raises FrameError unless there are as many, and one at least."""
    found = norms(stream)
    if not 1 <= count <= len(found):
        raise FrameError(f"channels: expected 1..{len(found)} to keep, got {count}")
    kept = found.topk(count).indices.sort().values
    for layer in stream.writers:
        layer.weight = nn.Parameter(layer.weight.detach()[kept])
        layer.out_channels = count
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias.detach()[kept])
    for layer in stream.readers:
        layer.weight = nn.Parameter(layer.weight.detach()[:, kept])
        layer.in_channels = count


def streams_of_chain(layers: Sequence[nn.Conv2d]) -> list[Stream]:
    """Each layer's output but the last's."""
    return [Stream((writer,), (reader,)) for writer, reader in pairwise(layers)]


def streams_of_srgan(net: SrGan) -> list[Stream]:
    """The trunk that all blocks add to, then the inside of each block."""
    blocks = [one for one in net.trunk if isinstance(one, Residual)]
    head, last, grow = (_conv(one) for one in (net.head[0], net.trunk[-1], net.grow[0]))
    writers = (head, *(block.second for block in blocks), last)
    readers = (*(block.first for block in blocks), last, grow)
    return [Stream(writers, readers), *(Stream((b.first,), (b.second,)) for b in blocks)]


def narrowed(net: PlainNet, width: int) -> PlainNet:
    """A copy with that many channels in each layer. net: without a gate."""
    source = copy.deepcopy(net)
    for stream in streams_of_chain([_conv(layer) for layer in source.layers]):
        keep_largest(stream, width)
    made = PlainNet(replace(net.shape, width=width))
    made.load_state_dict(source.state_dict())
    return made


def _conv(layer: nn.Module) -> nn.Conv2d:
    assert isinstance(layer, nn.Conv2d)
    return layer
