"""What is trained is what ships: the simulation gives the exported network's bytes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from pellucid.errors import ArtifactError
from pellucid.training.nets.plain import PlainNet, Shape
from pellucid.training.quantise import (
    HIDDEN_TOP,
    LAST_TOP,
    integer_layer,
    levels_of,
    measure_steps,
    quantise,
    simulate,
)
from pellucid.video.integer import SKIPS, Skip, reference, requantise
from pellucid.video.traces import FEATURES, traces_of


def random_net(seed: int, factor: int, skip: Skip, levels: int = 1) -> PlainNet:
    torch.manual_seed(seed)
    net = PlainNet(Shape(width=6, depth=2, factor=factor, skip=skip, levels=levels))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    if net.gate:
        net.gate.standardise(torch.randint(0, 2560, (20, FEATURES)))
    return net.eval()


def traces_in(low: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(traces_of(low.numpy()[0, 0].astype(np.uint8)))[None]


def random_low(seed: int, height: int = 12, width: int = 14) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (1, 1, height, width), generator=generator).float()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([1, 2]), st.sampled_from(SKIPS), st.integers(1, 4))
def test_simulation_equals_the_exported_network(
    seed: int, factor: int, skip: Skip, levels: int
) -> None:
    net, low = random_net(seed, factor, skip, levels), random_low(seed)
    traces = traces_in(low)
    steps = measure_steps(net, low / 255, traces)
    simulated = simulate(net, steps, low, traces).detach().numpy()[0, 0]
    exported = reference(quantise(net, steps), low.numpy()[0, 0].astype(np.uint8))
    np.testing.assert_array_equal(simulated, exported)


@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("factor", [1, 2])
def test_the_integer_network_follows_the_float_network(factor: int, skip: Skip) -> None:
    net, low = random_net(3, factor, skip), random_low(3)
    steps = measure_steps(net, low / 255, traces_in(low))
    with torch.no_grad():
        smooth = (net(low / 255, traces_in(low)) * 255).round().clamp(0, 255)
        exact = simulate(net, steps, low, traces_in(low))
    assert (smooth - exact).abs().mean() < 1.5


def test_gradients_of_the_simulation_point_where_the_float_networks_do() -> None:
    net, low = random_net(5, 1, "bilinear"), random_low(5)
    steps = measure_steps(net, low / 255, traces_in(low))
    target = random_low(6, 24, 28)

    def gradient(made: torch.Tensor) -> torch.Tensor:
        net.zero_grad()
        functional.mse_loss(made, target / 255).backward()
        return torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])

    smooth = gradient(net(low / 255, traces_in(low)))
    through = gradient(simulate(net, steps, low, traces_in(low)) / 255)
    assert functional.cosine_similarity(smooth, through, dim=0) > 0.95


def test_channels_of_like_strength_use_the_whole_range_of_int8() -> None:
    strengths = np.linspace(0.3, 1, 5)[:, None, None, None]
    weight = np.random.default_rng(0).normal(size=(5, 3, 3, 3)) * strengths
    layer, step = integer_layer(weight, np.zeros(5), 1 / 255, 1 / 100, HIDDEN_TOP)
    assert (np.abs(layer.weight).max(axis=(1, 2, 3)) == 127).all()
    rebuilt = layer.weight * step[:, None, None, None]
    assert (np.abs(rebuilt - weight).max(axis=(1, 2, 3)) <= step / 2 + 1e-12).all()


@pytest.mark.parametrize("strength", [0.0, 1e-4, 1e-2, 0.1, 1.0])
@pytest.mark.parametrize(("top", "most"), [(HIDDEN_TOP, 255), (LAST_TOP, 4080)])
def test_a_weak_channel_still_reaches_the_end_of_its_range(
    strength: float, top: int, most: int
) -> None:
    before, after = 1 / 255, 1 / 60
    weight = np.full((2, 1, 3, 3), 0.5)
    weight[1] *= strength
    for wanted in (60.0, most - 5.0):
        bias = np.array([0.0, wanted * after])
        layer, _ = integer_layer(weight, bias, before, after, top)
        sums = np.broadcast_to(layer.bias[:, None, None], (2, 1, 1))
        assert requantise(sums, layer)[1].item() == pytest.approx(wanted, abs=1.5)


def test_a_layer_that_never_fires_is_quantised_all_the_same() -> None:
    net, low = random_net(1, 1, "nearest"), random_low(1)
    with torch.no_grad():
        net.folded()[0][1].fill_(-100.0)
    steps = measure_steps(net, low / 255, traces_in(low))
    simulated = simulate(net, steps, low, traces_in(low)).detach().numpy()[0, 0]
    exported = reference(quantise(net, steps), low.numpy()[0, 0].astype(np.uint8))
    np.testing.assert_array_equal(simulated, exported)


def test_a_ratio_that_no_multiplier_can_say_is_refused() -> None:
    with pytest.raises(ArtifactError, match="ratio below 1"):
        integer_layer(np.full((1, 1, 1, 1), 127.0), np.zeros(1), 1.0, 0.5, HIDDEN_TOP)


def test_multiplier_and_shift_carry_the_real_ratio() -> None:
    weight = np.full((2, 1, 3, 3), 0.5)
    layer, step = integer_layer(weight, np.array([0.25, -0.25]), 1 / 255, 1 / 60, HIDDEN_TOP)
    ratio = layer.multiplier / 2.0 ** (15 + layer.shift)
    assert ratio == pytest.approx(step / 255 * 60, rel=1e-3)
    assert layer.bias * step / 255 == pytest.approx([0.25, -0.25], rel=1e-3)
    assert layer.multiplier.max() <= 2**12


def test_the_integer_gate_chooses_as_the_float_gate_does() -> None:
    net = random_net(2, 1, "bilinear", levels=4)
    traces = torch.randint(0, 2560, (400, FEATURES))
    assert net.gate is not None
    wanted = net.gate.shares(traces).argmax(dim=1)
    assert len(set(wanted.tolist())) > 1
    assert (levels_of(net, traces) == wanted).float().mean() > 0.98
