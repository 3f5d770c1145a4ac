"""The GRU that trains faster is torch's, and so are its slopes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from pellucid.training.nets.gru import Gru


def slopes(net: nn.Module, sequence: Tensor, state: Tensor) -> list[Tensor]:
    """What it says, its last state, and the slope of a sum of both by all it depends on."""
    sequence, state = (each.clone().requires_grad_() for each in (sequence, state))
    made, last = net(sequence, state)
    weights = torch.linspace(-1, 1, made.numel(), dtype=made.dtype).view_as(made)
    ((made * weights).sum() + last.square().sum()).backward()
    gradients = [each.grad for each in (sequence, state, *net.parameters())]
    assert all(each is not None for each in gradients)
    return [made.detach(), last.detach(), *(each for each in gradients if each is not None)]


@pytest.mark.parametrize(
    ("layers", "inputs", "hidden", "batch", "length"),
    [(1, 5, 7, 3, 11), (2, 6, 6, 2, 9), (1, 4, 3, 1, 1), (3, 1, 2, 4, 5)],
)
def test_it_is_the_gru_of_torch(
    layers: int, inputs: int, hidden: int, batch: int, length: int
) -> None:
    torch.manual_seed(layers)
    ours = Gru(inputs, hidden, num_layers=layers).double()
    theirs = nn.GRU(inputs, hidden, num_layers=layers).double()
    theirs.load_state_dict(ours.state_dict())
    sequence = torch.randn(length, batch, inputs, dtype=torch.double)
    state = torch.randn(layers, batch, hidden, dtype=torch.double)
    pairs = zip(slopes(ours, sequence, state), slopes(theirs, sequence, state), strict=True)
    for mine, other in pairs:
        torch.testing.assert_close(mine, other)


def test_trained_it_says_the_same() -> None:
    torch.manual_seed(1)
    net, sequence, state = Gru(4, 6), torch.randn(8, 2, 4), torch.randn(1, 2, 6)
    learning = net(sequence, state)
    for one, other in zip(learning, net.eval()(sequence, state), strict=True):
        torch.testing.assert_close(one, other)
