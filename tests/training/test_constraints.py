"""What generators are held to: closed forms of linear ones, and what must not matter."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from pellucid.errors import FrameError
from pellucid.training.constraints import (
    Map,
    anchored,
    effective_rank,
    jacobian,
    latent,
    near,
    spectrum,
    tangent,
    tangent_estimate,
)

seeds, few = st.integers(0, 10_000), settings(max_examples=20, deadline=None)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=stream, dtype=torch.float64)


def turned(size: int, seed: int) -> Tensor:
    """An orthogonal matrix."""
    return torch.linalg.qr(drawn(size, size, seed=seed))[0]


def bent(outputs: int, inputs: int, seed: int) -> Map:
    """A smooth map that is not linear."""
    first, second = drawn(inputs, 7, seed=seed), drawn(7, outputs, seed=seed + 1)
    return lambda z: torch.tanh(z @ first) @ second


def test_a_linear_generators_jacobian_is_its_matrix() -> None:
    matrix = drawn(5, 3)
    z = drawn(2, 4, 3, seed=1)
    found = jacobian(lambda z: z @ matrix.T + 2, z)
    torch.testing.assert_close(found, matrix.expand(2, 4, 5, 3))
    excess = matrix.T @ matrix - torch.eye(3)
    expected = excess.square().sum()
    torch.testing.assert_close(tangent(lambda z: z @ matrix.T, z), expected)


def test_an_isometry_costs_nothing_and_one_of_another_length_does() -> None:
    matrix, z = turned(5, 3)[:, :3], drawn(6, 3)
    assert float(tangent(lambda z: z @ matrix.T, z)) < 1e-20
    assert float(tangent(lambda z: 0.1 * z @ matrix.T, z, stretch=0.1)) < 1e-20
    torch.testing.assert_close(  # (4 - 1)² for each of three directions
        tangent(lambda z: 2 * z @ matrix.T, z), torch.tensor(27.0, dtype=torch.float64)
    )
    assert float(tangent(lambda z: 0 * z, z)) == 3  # collapsed: ‖-I‖²


def test_pictures_are_as_good_as_vectors() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 18), nn.Tanh(), nn.Unflatten(1, (2, 3, 3)),
                        nn.Conv2d(2, 1, 3, padding=1)).double()  # fmt: skip
    z = drawn(5, 4)
    found = jacobian(net, z)
    assert found.shape == (5, 9, 4)
    theirs = torch.func.vmap(torch.func.jacrev(lambda one: net(one[None])[0].flatten()))(z)
    torch.testing.assert_close(found, theirs)
    loss = tangent(net, z)
    slopes = torch.autograd.grad(loss, [p for p in net.parameters() if p.ndim > 1])
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_the_slope_of_the_tangent_term_is_right() -> None:
    """d/dM ‖MᵀM - I‖² = 4 M (MᵀM - I)."""
    matrix = drawn(4, 2).requires_grad_()
    tangent(lambda z: z @ matrix.T, drawn(3, 2)).backward()  # type: ignore[no-untyped-call]
    held = matrix.detach()
    expected = 4 * held @ (held.T @ held - torch.eye(2))
    torch.testing.assert_close(matrix.grad, expected)


def test_hutchinsons_mean_over_all_signs_is_the_exact_term() -> None:
    generator, z = bent(6, 3, 2), drawn(4, 3)
    signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 3)
    probes = signs[:, None].expand(8, 4, 3)  # all eight: their mean of v vᵀ is I, exactly
    found = tangent_estimate(generator, z, probes, 1.3)
    torch.testing.assert_close(found, tangent(generator, z, 1.3))
    one = tangent_estimate(generator, z, probes[:1], 1.3)
    assert abs(float(one / found) - 1) > 1e-3  # a single probe is an estimate


@few
@given(seeds)
def test_turning_what_is_made_or_the_noise_does_not_matter(seed: int) -> None:
    generator, z = bent(4, 3, seed), drawn(5, 3, seed=seed)
    there, back = turned(4, seed), turned(3, seed + 1)
    before = tangent(generator, z)
    torch.testing.assert_close(tangent(lambda z: generator(z) @ there + 7, z), before)
    torch.testing.assert_close(tangent(lambda z: generator(z @ back), z @ back.T), before)


@few
@given(seeds)
def test_scaling_map_and_stretch_alike_does_not_matter(seed: int) -> None:
    generator, z = bent(4, 3, seed), drawn(5, 3, seed=seed)
    scaled = tangent(lambda z: 3 * generator(z), z, stretch=3)
    torch.testing.assert_close(scaled, tangent(generator, z))


def test_more_noise_than_outputs_is_refused() -> None:
    with pytest.raises(FrameError, match="z: expected at most 2 numbers"):
        tangent(bent(2, 3, 0), drawn(5, 3))


def test_an_anchor_given_back_costs_nothing_and_a_shift_its_square() -> None:
    x, z = drawn(6, 2, 3), drawn(6, 5, seed=1)
    push = drawn(5, 6, seed=2)

    def shifted(x: Tensor, z: Tensor) -> Tensor:
        return x + 0.5 + (z @ push).reshape(x.shape)

    assert float(anchored(lambda x, z: x + z.sum(), x, z)) == 0
    torch.testing.assert_close(anchored(shifted, x, z), torch.tensor(6 * 0.25, dtype=torch.float64))
    assert float(anchored(shifted, x, z, truth=x + 0.5)) < 1e-20


def test_noise_may_lead_as_far_as_it_is_long() -> None:
    x, z = drawn(40, 3), drawn(40, 3, seed=1)
    turn = turned(3, 2)
    assert float(near(lambda x, z: x + z @ turn, x, z)) < 1e-10
    assert float(near(lambda x, z: x + 0.3 * z, x, z)) == 0
    expected = z.square().sum(1).mean()  # twice as far as allowed: |z| too far
    torch.testing.assert_close(near(lambda x, z: x + 2 * z, x, z), expected)
    torch.testing.assert_close(near(lambda x, z: x + 4 * z, x, z, stretch=3), expected)


def test_where_nothing_moves_slopes_are_numbers() -> None:
    scale = torch.zeros((), requires_grad=True)
    x, z = torch.zeros(3, 2), torch.ones(3, 2)
    near(lambda x, z: x + scale * z, x, z).backward()  # type: ignore[no-untyped-call]
    assert scale.grad is not None
    assert math.isfinite(float(scale.grad))


@few
@given(seeds)
def test_moving_everything_does_not_matter(seed: int) -> None:
    """Of a generator that adds to its anchor."""
    step, x, z = bent(3, 2, seed), drawn(8, 3, seed=seed), drawn(8, 2, seed=seed + 1)

    def generator(x: Tensor, z: Tensor) -> Tensor:
        return x + step(z)

    away = drawn(3, seed=seed + 2)
    torch.testing.assert_close(anchored(generator, x + away, z), anchored(generator, x, z))
    torch.testing.assert_close(near(generator, x + away, z), near(generator, x, z))


def test_a_kept_code_costs_nothing() -> None:
    encode, decode = drawn(3, 5), torch.linalg.pinv(drawn(3, 5))
    codes = drawn(7, 3, seed=1)
    assert float(latent(lambda x: x @ encode.T, codes @ decode.T, codes)) < 1e-20
    lost = latent(lambda x: 0 * codes, codes, codes)
    torch.testing.assert_close(lost, codes.square().sum(1).mean())


def test_effective_ranks_of_known_singular_values() -> None:
    found = effective_rank(torch.tensor([[1.0, 1, 1, 1], [5, 0, 0, 0], [3, 3, 0, 0], [0] * 4]))
    torch.testing.assert_close(found, torch.tensor([4.0, 1, 2, 1]))
    share = torch.tensor([0.75, 0.25])
    expected = math.exp(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))
    assert float(effective_rank(share)) == pytest.approx(expected)
    diagonal = torch.diag(torch.tensor([1.0, 3, 2]))
    torch.testing.assert_close(spectrum(diagonal), torch.tensor([3.0, 2, 1]))


@few
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=6), st.floats(0.01, 100))
def test_effective_rank_lies_between_one_and_all_whatever_the_unit(
    values: list[float], unit: float
) -> None:
    singular = torch.tensor(values, dtype=torch.float64)
    found = float(effective_rank(singular))
    assert 1 - 1e-9 <= found <= len(values) + 1e-9
    assert float(effective_rank(unit * singular.flip(0))) == pytest.approx(found)
