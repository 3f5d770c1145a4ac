"""Pruned, shared and rounded weights: what they hold to, while training goes on."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from pellucid.errors import FrameError
from pellucid.training.compress.pruning import lamp, prune_smallest
from pellucid.training.compress.rounding import best_steps, round_weights, top_of
from pellucid.training.compress.sharing import cluster, share_values
from pellucid.training.compress.weights import layers_of, settle, tensors_of, weights_of
from pellucid.training.nets.plain import PlainNet, Shape
from pellucid.training.quantise import measure_steps, quantise
from pellucid.training.soap import Soap


def small(seed: int = 1) -> PlainNet:
    torch.manual_seed(seed)
    return PlainNet(Shape(6, 2, 2, "bilinear"))


def train(net: nn.Module, steps: int = 5) -> None:
    optimiser = Soap(net.parameters(), 1e-2)
    low, traces = torch.rand(2, 1, 8, 8), torch.zeros(2, 36)
    for _ in range(steps):
        optimiser.zero_grad()
        net(low, traces).square().mean().backward()
        optimiser.step()


def zeros(net: nn.Module) -> dict[str, Tensor]:
    return {name: weight == 0 for name, weight in weights_of(net).items()}


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_what_is_pruned_stays_zero_and_the_rest_learns(share: float) -> None:
    net = small()
    before = weights_of(net)
    prune_smallest(net, share)
    pruned = zeros(net)
    count = sum(int(one.sum()) for one in pruned.values())
    assert count == round(share * sum(one.numel() for one in pruned.values()))
    train(net)
    after = weights_of(net)
    assert all(torch.equal(after[name] == 0, pruned[name]) for name in after)
    assert any(not torch.equal(after[name], before[name] * ~pruned[name]) for name in after)


def test_pruning_more_keeps_what_was_pruned() -> None:
    net = small()
    prune_smallest(net, 0.5)
    train(net)
    first = zeros(net)
    prune_smallest(net, 0.8)
    assert all(bool((zeros(net)[name] >= first[name]).all()) for name in first)


def test_no_layer_is_pruned_away() -> None:
    net = small()
    with torch.no_grad():
        net.layers[1].weight.mul_(1e-6)  # type: ignore[operator, union-attr]
    prune_smallest(net, 0.99)
    assert all(int(weight.count_nonzero()) >= 1 for weight in weights_of(net).values())


@pytest.mark.parametrize("seed", [9, 17, 20, 37])
def test_soap_finds_a_basis_for_what_is_mostly_pruned(seed: int) -> None:
    """In float32 LAPACK gave NaN, or no answer, for the covariances of these."""
    random = torch.Generator().manual_seed(seed)
    weight = nn.Parameter(torch.zeros(16, 32, 3, 3))
    optimiser = Soap([weight], 1e-3)
    for _ in range(12):
        gradient = 10.0 ** (-2 * (seed % 12)) * torch.randn(16, 288, generator=random)
        places = torch.rand(16, 288, generator=random) < 0.05
        weight.grad = (gradient * places).view_as(weight)
        optimiser.step()
    assert bool(weight.isfinite().all())


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_shares_that_cannot_be_are_refused(share: float) -> None:
    with pytest.raises(FrameError, match=r"share: expected 0..1"):
        prune_smallest(small(), share)


def test_lamp_is_its_papers_example() -> None:
    """Of squares 1, 4, 9, 16 each is divided by the sum of those that are not smaller."""
    told = lamp(torch.tensor([[2.0, -1.0], [4.0, -3.0]]))
    wanted = [[4 / 29, 1 / 30], [1.0, 9 / 25]]
    assert torch.allclose(told, torch.tensor(wanted, dtype=torch.float64))


@given(st.integers(0, 2**31), st.integers(1, 20), st.integers(1, 200))
def test_clusters_are_the_nearest_centroids_and_zeros_stay(
    seed: int, values: int, size: int
) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=size) * (rng.random(size) < 0.7)
    codebook, index = cluster(weight, values)
    assert len(codebook) <= values
    assert np.array_equal(index == 0, weight == 0)
    for value, number in zip(weight[weight != 0], index[weight != 0], strict=True):
        assert abs(codebook[number - 1] - value) <= np.abs(codebook - value).min() + 1e-12


def test_few_values_are_their_own_codebook() -> None:
    weight = np.array([0.5, 0.0, -0.25, 0.5])
    codebook, index = cluster(weight, 16)
    assert codebook.tolist() == [-0.25, 0.5]
    assert index.tolist() == [2, 0, 1, 2]


def test_a_centroid_follows_the_sum_of_its_weights_gradients() -> None:
    net = small()
    prune_smallest(net, 0.5)
    low, traces = torch.rand(2, 1, 8, 8), torch.zeros(2, 36)
    share_values(net, 4)
    plain = small()
    plain.load_state_dict(tensors_of(net))
    for one in (net, plain):
        one(low, traces).square().mean().backward()
    for name, layer in layers_of(net).items():
        held = layer.parametrizations.weight  # type: ignore[union-attr]
        own = layers_of(plain)[name].weight.grad  # type: ignore[union-attr]
        sums = torch.stack([own[held[0].index == k + 1].sum() for k in range(4)])
        assert torch.allclose(held.original.grad, sums, atol=1e-6)


def test_shared_weights_stay_shared() -> None:
    net = small()
    prune_smallest(net, 0.5)
    share_values(net, 4)
    pruned, before = zeros(net), weights_of(net)
    train(net)
    for name, weight in weights_of(net).items():
        assert len(weight[weight != 0].unique()) <= 4
        assert torch.equal(weight == 0, pruned[name])
    assert any(not torch.equal(weights_of(net)[name], before[name]) for name in before)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_rounded_weights_have_so_many_levels_a_channel(bits: int) -> None:
    net = small()
    round_weights(net, bits)
    train(net)
    for weight in weights_of(net).values():
        for row in weight.flatten(1):
            step = row[row != 0].abs().min() if row.any() else torch.tensor(1.0)
            levels = row / step
            assert len(row.unique()) <= 2 * top_of(bits) + 1
            if bits == 2:
                assert torch.allclose(levels, levels.round(), atol=1e-4)


def test_four_bits_are_four_bits_in_the_integer_network_as_well() -> None:
    net, low, traces = small(), torch.rand(4, 1, 12, 12), torch.zeros(4, 36)
    eight = quantise(net, measure_steps(net, low, traces)).networks[0]
    round_weights(net, 4)
    four = quantise(net, measure_steps(net, low, traces)).networks[0]
    for fine, coarse in zip(eight.layers, four.layers, strict=True):
        assert max(len(np.unique(channel)) for channel in coarse.weight) <= 15
        assert max(len(np.unique(channel)) for channel in fine.weight) > 15


@given(st.integers(0, 2**31), st.sampled_from((3, 4, 8)))
def test_searching_the_clip_never_loses(seed: int, bits: int) -> None:
    torch.manual_seed(seed)
    weight, top = torch.randn(3, 40, dtype=torch.float64), top_of(bits)
    full, best = weight.abs().amax(1) / top, best_steps(weight, bits)

    def error(step: Tensor) -> Tensor:
        levels = (weight / step[:, None]).round().clamp(-top, top)
        return (levels * step[:, None] - weight).square().sum(1)

    assert bool((error(best) <= error(full) + 1e-12).all())


def test_settled_weights_are_plain_and_the_same() -> None:
    net = small()
    prune_smallest(net, 0.5)
    before = tensors_of(net)
    settle(net)
    assert {name for name, _ in net.named_parameters()} == before.keys()
    assert all(torch.equal(net.state_dict()[name], tensor) for name, tensor in before.items())
