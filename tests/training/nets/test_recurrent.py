"""Recurrent units: cut anywhere they give the same, know no future, and have the size they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError
from pellucid.training.nets.elementwise import BentGru, Sru
from pellucid.training.nets.grouped import Beside, Shuffle, Split
from pellucid.training.nets.recurrent import (
    UNITS,
    Gru,
    ReluGru,
    hidden_for,
    make_orthogonal,
    make_unit,
    parameters_of,
)
from pellucid.training.nets.stacks import (
    Attention,
    CausalConv,
    Stack,
    dense_stack,
    norm_stack,
    plain_stack,
)
from pellucid.training.nets.unit import Framewise, Unit

FRAMES, BATCH, INPUTS, HIDDEN = 11, 3, 6, 8
SHAPES: dict[str, Callable[[], Unit]] = {
    **{kind: lambda kind=kind: make_unit(kind, INPUTS, HIDDEN) for kind in UNITS},  # type: ignore[misc]
    "sru-square": lambda: Sru(HIDDEN, HIDDEN),
    "beside": lambda: Beside("lstm", INPUTS, HIDDEN, 2),
    "split": lambda: Split("gru", INPUTS, HIDDEN, 2),
    "shuffled": lambda: Stack(
        Split("gru", INPUTS, HIDDEN, 2), Shuffle(2), Split("gru", HIDDEN, HIDDEN, 2)
    ),
    "plain": lambda: plain_stack(INPUTS, HIDDEN),
    "dense": lambda: dense_stack(INPUTS, HIDDEN),
    "norm": lambda: norm_stack(INPUTS, HIDDEN),
    "attention": lambda: Attention(INPUTS, HIDDEN, 4),
    "one-frame": lambda: Attention(INPUTS, HIDDEN, 1),
    "convolution": lambda: CausalConv(INPUTS, HIDDEN, 3),
}


@pytest.fixture(params=SHAPES)
def unit(request: pytest.FixtureRequest) -> Unit:
    torch.manual_seed(1)
    return SHAPES[request.param]()


def frames_for(unit: Unit) -> Tensor:
    return torch.randn(FRAMES, BATCH, unit.inputs)


def whole(unit: Unit, frames: Tensor) -> Tensor:
    with torch.no_grad():
        made, _ = unit(frames, unit.start(frames.shape[1]))
    assert isinstance(made, Tensor)
    return made


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_a_unit_gives_what_it_says(unit: Unit) -> None:
    assert whole(unit, frames_for(unit)).shape == (FRAMES, BATCH, unit.hidden)
    assert not unit.start(BATCH).any()


@pytest.mark.parametrize("chunk", [1, 4])
def test_streaming_equals_offline(unit: Unit, chunk: int) -> None:
    frames, state, pieces = frames_for(unit), unit.start(BATCH), []
    with torch.no_grad():
        for part in frames.split(chunk):
            made, state = unit(part, state)
            pieces.append(made)
    torch.testing.assert_close(torch.cat(pieces), whole(unit, frames))


def test_no_unit_knows_the_future_or_its_neighbours(unit: Unit) -> None:
    frames = frames_for(unit)
    other = frames.clone()
    other[7:], other[:, 1] = 9, 9
    torch.testing.assert_close(whole(unit, frames)[:7, ::2], whole(unit, other)[:7, ::2])
    assert not torch.allclose(whole(unit, frames)[7:], whole(unit, other)[7:])


@pytest.mark.parametrize("kind", UNITS)
@pytest.mark.parametrize(("inputs", "hidden"), [(6, 8), (8, 8), (1, 5)])
def test_counts_have_a_closed_form(kind: str, inputs: int, hidden: int) -> None:
    assert count(make_unit(kind, inputs, hidden)) == parameters_of(kind, inputs, hidden)


@pytest.mark.parametrize("hidden", [1, 48, 300])
def test_a_gru_is_three_quarters_of_an_lstm(hidden: int) -> None:
    assert 4 * parameters_of("gru", 24, hidden) == 3 * parameters_of("lstm", 24, hidden)


def test_an_sru_comes_to_half_of_a_gru() -> None:
    shares = [parameters_of("sru", n, n) / parameters_of("gru", n, n) for n in (10, 100, 1000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("kind", UNITS)
def test_the_nearest_size_is_found(kind: str) -> None:
    size = hidden_for(kind, 24, 10_656)
    errors = [abs(parameters_of(kind, 24, size + off) - 10_656) for off in (-1, 0, 1)]
    assert errors[1] == min(errors)
    assert hidden_for("gru", 24, parameters_of("gru", 24, 48)) == 48


@pytest.mark.parametrize("inputs", [INPUTS, HIDDEN])
def test_an_srus_parallel_form_is_its_equations(inputs: int) -> None:
    torch.manual_seed(2)
    unit = Sru(inputs, HIDDEN)
    with torch.no_grad():
        unit.offset.normal_()
    frames, cell, made = torch.randn(FRAMES, BATCH, inputs), torch.zeros(BATCH, HIDDEN), []
    for frame in frames:
        output, cell = unit.step(frame, cell)
        made.append(output)
    together, state = unit(frames, unit.start(BATCH))
    torch.testing.assert_close(torch.stack(made), together)
    torch.testing.assert_close(cell, state[0])


def test_a_gru_bent_by_tanh_is_torchs() -> None:
    unit, own = Gru(INPUTS, HIDDEN), BentGru(INPUTS, HIDDEN, torch.tanh)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    layer = dict(unit.layer.named_parameters())
    with torch.no_grad():
        for parameter, name in zip(own.parameters(), names, strict=True):
            parameter.copy_(layer[name].reshape(parameter.shape))
    frames = frames_for(unit)
    torch.testing.assert_close(whole(own, frames), whole(unit, frames))


def test_relu_lets_a_state_grow_past_one() -> None:
    unit = ReluGru(INPUTS, HIDDEN)
    assert whole(unit, 50 * frames_for(unit)).max() > 1
    assert whole(Gru(INPUTS, HIDDEN), 50 * frames_for(unit)).abs().max() <= 1


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "relu-gru"])
def test_orthogonal_matrices_are(kind: str) -> None:
    matrices = make_orthogonal(make_unit(kind, INPUTS, HIDDEN)).recurrent_matrices()
    assert len(matrices) == {"rnn": 1, "lstm": 4}.get(kind, 3)
    for matrix in matrices:
        torch.testing.assert_close(matrix @ matrix.T, torch.eye(HIDDEN))
    before = make_unit(kind, INPUTS, HIDDEN).recurrent_matrices()[0]
    assert not torch.allclose(before @ before.T, torch.eye(HIDDEN), atol=0.1)


def test_groups_of_a_stack_are_made_orthogonal_too() -> None:
    assert len(make_orthogonal(Beside("gru", 4, 8, 2)).recurrent_matrices()) == 6
    assert len(make_orthogonal(plain_stack(4, 8)).recurrent_matrices()) == 6
    assert make_orthogonal(Sru(4, 8)).recurrent_matrices() == ()


def test_groups_divide_the_matrices() -> None:
    whole_, split = Gru(8, 8), Split("gru", 8, 8, 4)
    offsets = 6 * 8
    assert count(whole_) - offsets == 4 * (count(split) - offsets)
    assert count(Beside("gru", 6, 8, 4)) == 4 * parameters_of("gru", 6, 2)


def test_a_group_hears_only_its_own_until_shuffled() -> None:
    unit = Split("gru", INPUTS, HIDDEN, 2)
    frames = frames_for(unit)
    other = frames.clone()
    other[:, :, : INPUTS // 2] = 9
    one, two = whole(unit, frames), whole(unit, other)
    torch.testing.assert_close(one[:, :, HIDDEN // 2 :], two[:, :, HIDDEN // 2 :])
    assert not torch.allclose(one[:, :, : HIDDEN // 2], two[:, :, : HIDDEN // 2])


def test_a_shuffle_deals_each_group_to_all() -> None:
    dealt = Shuffle(2)(torch.arange(6.0).reshape(1, 1, 6))
    assert dealt.flatten().tolist() == [0, 3, 1, 4, 2, 5]
    back = Shuffle(3)(dealt)
    assert back.flatten().tolist() == [0, 1, 2, 3, 4, 5]


def test_attention_looks_no_further_back_than_its_span() -> None:
    unit = Attention(INPUTS, HIDDEN, 4)
    frames = frames_for(unit)
    other = frames.clone()
    other[2] = 9
    changed = (whole(unit, frames) != whole(unit, other)).any(2).any(1).tolist()
    assert changed == [2 <= frame < 6 for frame in range(FRAMES)]


def test_a_frames_layer_sees_the_frame_alone() -> None:
    layer = Framewise(nn.PReLU(2, init=0.5))
    made = layer(torch.tensor([[[-2.0, 4.0]], [[6.0, -8.0]]]))
    assert made.tolist() == [[[-1.0, 4.0]], [[6.0, -4.0]]]


def test_what_cannot_be_built_is_named() -> None:
    for build, why in (
        (lambda: make_unit("grru", 1, 1), "unit: expected one of rnn, lstm, gru"),
        (lambda: parameters_of("x", 1, 1), "unit: expected one of"),
        (lambda: Beside("gru", 6, 8, 3), "hidden: expected a multiple of 3 groups, got 8"),
        (lambda: Split("gru", 5, 8, 2), "inputs: expected a multiple of 2 groups, got 5"),
        (lambda: Attention(1, 1, 0), "span: expected 1 frame or more, got 0"),
    ):
        with pytest.raises(RecipeError, match=why):
            build()  # type: ignore[no-untyped-call]
