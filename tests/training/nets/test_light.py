"""Light blocks: the same task, fewer weights, and one bit where it says so."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from pellucid.training.counting import count
from pellucid.training.nets.binary import Binary, sign
from pellucid.training.nets.light import BLOCKS, FOLDING, GROUPS, LightNet, fold, shuffled
from pellucid.training.nets.plain import SKIPS, Shape

SHAPE = Shape(16, 2, 2, "bilinear")


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_trains_on_the_products_task(block: str) -> None:
    torch.manual_seed(1)
    net = LightNet(block, SHAPE)
    low, traces = torch.rand(2, 1, 10, 14), torch.zeros(2, 36)
    made = net(low, traces)
    assert made.shape == (2, 1, 20, 28)
    assert net.gate is None
    (made - SKIPS["bilinear"](low)).square().mean().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in net.parameters())
    touched = [bool(p.grad.abs().sum() > 0) for p in net.parameters() if p.grad is not None]
    assert sum(touched) > 0.7 * len(touched)


@pytest.mark.parametrize("block", BLOCKS)
def test_it_starts_near_the_skip(block: str) -> None:
    torch.manual_seed(1)
    net = LightNet(block, SHAPE).eval()
    low = torch.rand(1, 1, 16, 16)
    off = (net(low, torch.zeros(1, 36)) - SKIPS["bilinear"](low)).abs().mean()
    assert off < 0.5


def macs_of(block: str, width: int) -> int:
    cost = count(block, lambda: BLOCKS[block](width), (width, 1, 1))
    return cost.macs


def test_light_blocks_cost_what_their_papers_say() -> None:
    c = 32
    assert macs_of("plain", c) == 9 * c * c
    assert macs_of("separable", c) == 9 * c + c * c
    assert macs_of("shuffle", c) == 9 * c + 2 * c * c // 4
    assert macs_of("fire", c) == c * c // 4 + (c // 4) * (c // 2) * (1 + 9)
    assert macs_of("inverted", c) == 2 * (2 * c * c) + 9 * 2 * c


def test_channels_are_shuffled_as_torch_shuffles_them() -> None:
    features = torch.randn(2, 12, 3, 5)
    assert torch.equal(shuffled(features), functional.channel_shuffle(features, GROUPS))


@pytest.mark.parametrize("block", FOLDING)
def test_folded_blocks_cost_what_the_plain_one_does(block: str) -> None:
    sizes = [
        sum(p.numel() for p in fold(LightNet(each, SHAPE)).parameters())
        for each in (block, "plain")
    ]
    assert sizes[0] == sizes[1]


def test_a_binary_block_multiplies_signs_only() -> None:
    torch.manual_seed(1)
    block = Binary(8)
    features = torch.randn(1, 8, 5, 6)
    signs = functional.pad(sign(features), (1,) * 4, value=1.0)
    seen = signs.unfold(2, 3, 1).unfold(3, 3, 1)[:, None]  # (B, 1, C, h, w, 3, 3)
    agreeing = (seen == block.signs()[None, :, :, None, None]).sum((2, 5, 6))
    counted = 2 * agreeing - 9 * 8  # what XNOR and a count of bits give
    told = block.bend(counted * block.scale()[:, 0, 0, 0][:, None, None])
    assert torch.allclose(block(features), features + told, atol=1e-4)
    assert set(block.signs().unique().tolist()) == {-1, 1}
    assert sign(torch.tensor([0.0, -0.0, -2.0])).tolist() == [1, 1, -1]
