"""Which tensors of a network are worth compressing, and how they are held to what they become."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

KERNELS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.Linear)


def layers_of(net: nn.Module) -> dict[str, nn.Module]:
    """Convolutions and linear layers by their names, in the network's order."""
    return {name: layer for name, layer in net.named_modules() if isinstance(layer, KERNELS)}


def weights_of(net: nn.Module) -> dict[str, Tensor]:
    """The weight of each of `layers_of`, a copy, as whoever runs the network sees it."""
    return {name: _weight(layer).detach().clone() for name, layer in layers_of(net).items()}


def tensors_of(net: nn.Module) -> dict[str, Tensor]:
    """All that a network has to be told: weights as they are seen, and everything else; copies.

    The names are those of a state of the network without parametrisations.
    """
    tensors = {
        name: tensor.detach().clone()
        for name, tensor in net.state_dict().items()
        if ".parametrizations." not in name
    }
    return tensors | {f"{name}.weight": weight for name, weight in weights_of(net).items()}


def hold(net: nn.Module, ways: Mapping[str, nn.Module]) -> None:
    """Hold the weights of the named layers to what the modules make of them, from now on.

    What held a weight before is settled first.
    """
    layers = layers_of(net)
    for name, way in ways.items():
        settle(layers[name])
        parametrize.register_parametrization(layers[name], "weight", way)


def settle(net: nn.Module) -> None:
    """Leave all weights as they are seen now, plain parameters again.

    Not for a deep copy of a network that is held: torch gives both copies one class.
    """
    for layer in list(net.modules()):
        if parametrize.is_parametrized(layer, "weight"):
            seen = _weight(layer).detach().clone()
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
            layer.weight = nn.Parameter(seen)


def _weight(layer: nn.Module) -> Tensor:
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    return weight
