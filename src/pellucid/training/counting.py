"""Counts what a network in torch costs, by running it without numbers and watching its layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod

import torch
from torch import Tensor, nn

from pellucid.bench.cost.layers import FLOAT, Cost, LayerCost

BENDS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.Sigmoid, nn.Tanh)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def count(name: str, make: Callable[[], nn.Module], shape: tuple[int, ...]) -> Cost:
    """The cost of a network on one input of `shape`, such as (3, 360, 480).

    It is built and run on torch's "meta" device: nothing is computed and no memory taken.
    """
    with torch.device("meta"), torch.no_grad():
        net, rows = make().eval(), list[LayerCost]()
        with _watched(net, rows):
            net(torch.empty(1, *shape))
    told = "x".join(map(str, shape[:0:-1])) or str(shape[0])
    return Cost(name, told, FLOAT, tuple(rows))


@contextmanager
def _watched(net: nn.Module, rows: list[LayerCost]) -> Iterator[None]:
    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        return lambda layer, given, made: rows.append(_layer(name, layer, given[0], made))

    leaves = [(name, one) for name, one in net.named_modules() if not list(one.children())]
    hooks = [one.register_forward_hook(watch(name)) for name, one in leaves if _counts(one)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _counts(layer: nn.Module) -> bool:
    return isinstance(layer, BENDS) or any(True for _ in layer.parameters())


def _layer(name: str, layer: nn.Module, given: Tensor, made: Tensor) -> LayerCost:
    parameters = sum(each.numel() for each in layer.parameters())
    told, macs = f"{name}: {type(layer).__name__}", _macs(layer, given, made)
    added = isinstance(layer, (*BENDS, *NORMS)) or getattr(layer, "bias", None) is not None
    moved = (given.numel(), made.numel()) if macs else (0, 0)
    return LayerCost(told, parameters, macs, made.numel() if added else 0, *moved)


def _macs(layer: nn.Module, given: Tensor, made: Tensor) -> int:
    if isinstance(layer, nn.Conv1d | nn.Conv2d):
        return made.numel() * prod(layer.weight.shape[1:])
    if isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d):
        return given.numel() * prod(layer.weight.shape[1:])
    return made.numel() * layer.in_features if isinstance(layer, nn.Linear) else 0
