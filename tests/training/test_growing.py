"""A larger network that begins with a smaller one's weights does at first what that one does."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError
from pellucid.training.growing import grow
from pellucid.training.nets.denoise import DenoiseNet, DenoiseShape

SMALL = DenoiseShape(width=8, narrow=4, hidden=5, blocks=2, groups=2, taps=1)
LARGE = replace(SMALL, hidden=9, blocks=3, taps=3)


def trained(shape: DenoiseShape) -> DenoiseNet:
    """With statistics that are no zeros and ones."""
    torch.manual_seed(3)
    net = DenoiseNet(shape)
    for _ in range(3):
        net(spectra(), net.start(2))
    return net.eval()


def spectra() -> Tensor:
    return torch.randn(12, 2, 2, 161) * 0.3


@pytest.mark.parametrize("shape", [LARGE, replace(SMALL, hidden=9), replace(SMALL, blocks=4)])
def test_it_does_the_same_at_first_and_can_learn_more(shape: DenoiseShape) -> None:
    small, net = trained(SMALL), DenoiseNet(shape)
    grow(net, small.state_dict())
    sound = spectra()
    net.eval()
    made, _ = net(sound, net.start(2))
    torch.testing.assert_close(made, small(sound, small.start(2))[0])
    net.train()
    net(sound, net.start(2))[0].square().mean().backward()
    told = net.blocks[0].told.weight
    assert isinstance(told, Tensor)
    assert told.grad is not None
    assert told.grad[:, SMALL.hidden :].abs().sum() > 0 or shape.hidden == SMALL.hidden
    added = [block.told_norm.weight.grad for block in net.blocks][SMALL.blocks :]
    assert all(each.abs().sum() > 0 for each in added)


def test_a_network_without_room_is_refused() -> None:
    for wide, narrow in ((LARGE, SMALL), (replace(SMALL, width=16), SMALL)):
        with pytest.raises(RecipeError, match="start: no"):
            grow(DenoiseNet(narrow), trained(wide).state_dict())
    with pytest.raises(RecipeError, match="no weights that fit weight"):
        grow(nn.Linear(2, 2), {})
