"""Channels taken out: those that do nothing change nothing, across skips as well."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pellucid.errors import FrameError
from pellucid.training.compress.channels import (
    Stream,
    keep_largest,
    narrowed,
    streams_of_chain,
    streams_of_srgan,
)
from pellucid.training.nets.plain import PlainNet, Shape
from pellucid.training.nets.srgan import SrGan


def silence(stream: Stream, channels: list[int]) -> None:
    with torch.no_grad():
        for layer in stream.writers:
            layer.weight[channels] = 0
            if layer.bias is not None:
                layer.bias[channels] = 0
        for layer in stream.readers:
            layer.weight[:, channels] = 0


def test_silent_channels_of_a_chain_leave_without_a_trace() -> None:
    torch.manual_seed(1)
    net = PlainNet(Shape(8, 2, 2, "bilinear"))
    for number, stream in enumerate(streams_of_chain(list(net.layers))):  # type: ignore[arg-type]
        silence(stream, [number, 5])
    low, traces = torch.rand(1, 1, 10, 8), torch.zeros(1, 36)
    small = narrowed(net, 6)
    assert small.shape.width == 6
    assert torch.allclose(small(low, traces), net(low, traces), atol=1e-6)


def test_silent_channels_leave_all_layers_of_a_skip_at_once() -> None:
    torch.manual_seed(1)
    net = SrGan().double().eval()
    net.trunk = nn.Sequential(*net.trunk[:2], net.trunk[-1])
    streams, picture = streams_of_srgan(net), torch.rand(1, 3, 6, 5, dtype=torch.float64)
    assert [len(one.writers) for one in streams] == [4, 1, 1]
    for stream in streams:
        silence(stream, [0, 7, 63])
    before = net(picture)
    for stream in streams:
        keep_largest(stream, 61)
    assert {len(layer.weight) for layer in streams[0].writers} == {61}
    assert torch.allclose(net(picture), before, atol=1e-12)
    assert before.std() > 1e-3


@pytest.mark.parametrize("width", [0, 9])
def test_a_count_that_cannot_be_is_refused(width: int) -> None:
    with pytest.raises(FrameError, match=r"channels: expected 1..8"):
        narrowed(PlainNet(Shape(8, 1, 2, "bilinear")), width)
