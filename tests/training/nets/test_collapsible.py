"""Branches and the folded kernel are one function: for every input, at the border as well."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from pellucid.training.nets.collapsible import Collapsible, Ecb, RepVgg, Sesr
from pellucid.training.nets.light import FOLDING, LightNet, fold
from pellucid.training.nets.plain import Shape
from pellucid.training.quantise import measure_steps, quantise, simulate
from pellucid.video.integer import IntegerNetwork, reference

KINDS = (Ecb, RepVgg, Sesr)


def shaken(block: nn.Module, seed: int) -> nn.Module:
    """With all numbers anywhere, as after some training; in float64."""
    torch.manual_seed(seed)
    for parameter in block.parameters():
        parameter.data = torch.randn_like(parameter)
    for one in block.modules():
        if isinstance(one, nn.BatchNorm2d):
            assert one.running_mean is not None
            assert one.running_var is not None
            one.running_mean.normal_()
            one.running_var.uniform_(0.2, 3)
    return block.double().eval()


@settings(max_examples=40)
@given(
    st.sampled_from(KINDS), st.integers(1, 6), st.integers(1, 7), st.integers(1, 7),
    st.integers(0, 2**31),
)  # fmt: skip
def test_the_fold_is_exact_borders_included(
    kind: type[Collapsible], width: int, rows: int, columns: int, seed: int
) -> None:
    block = shaken(kind(width), seed)
    assert isinstance(block, Collapsible)
    features = torch.randn(2, width, rows, columns, dtype=torch.float64)
    with torch.no_grad():
        folded = functional.conv2d(features, *block.folded(), padding=1)
        branches = block.branches(functional.pad(features, (1,) * 4))
    assert folded.shape == features.shape
    assert torch.allclose(folded, branches, rtol=1e-9, atol=1e-9 * float(folded.abs().max()))


def test_padding_between_the_layers_of_a_branch_would_be_another_function_at_the_border() -> None:
    block = shaken(Ecb(3), 1)
    assert isinstance(block, Ecb)
    features = torch.randn(1, 3, 6, 6, dtype=torch.float64)
    right = block.branches(functional.pad(features, (1,) * 4))
    twice = functional.pad(block.first(features), (1,) * 4)  # zeros where the bias should stand
    wrong = (
        right - block.second(block.first(functional.pad(features, (1,) * 4))) + block.second(twice)
    )
    differs = (right - wrong).abs().amax((0, 1)) > 1e-9
    assert not differs[1:-1, 1:-1].any()
    assert differs[0].all()


def test_batch_norms_learn_from_branches_and_are_gone_afterwards() -> None:
    torch.manual_seed(1)
    block = RepVgg(4)
    block.train()(torch.randn(8, 4, 9, 9) * 3 + 1)
    assert float(block.norms[2].running_mean.abs().max()) > 0.05  # type: ignore[union-attr, operator]
    features = torch.randn(1, 4, 5, 5)
    branches = block.eval().branches(functional.pad(features, (1,) * 4))
    assert torch.allclose(block(features), branches, atol=1e-5)


@pytest.mark.parametrize("kind", FOLDING)
def test_a_folding_net_becomes_an_integer_network(kind: str) -> None:
    torch.manual_seed(1)
    net = LightNet(kind, Shape(8, 2, 2, "bilinear")).eval()
    low, traces = (torch.rand(1, 1, 12, 10) * 255).round(), torch.zeros(1, 36)
    plain = fold(net)
    assert torch.allclose(plain(low / 255, traces), net(low / 255, traces), atol=1e-5)
    steps = measure_steps(plain, low / 255, traces)
    network = quantise(plain, steps)
    assert isinstance(network, IntegerNetwork)
    made = reference(network, low[0, 0].byte().numpy())
    told = simulate(copy.deepcopy(plain), steps, low, traces)
    assert (told[0, 0].byte().numpy() == made).all()
