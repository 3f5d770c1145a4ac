"""torch's GRU with a backward pass of its own: the same slopes from fewer calls.

Networks this small spend their time on calls, not on numbers: torch records some twenty operations
a step and walks back through each. Here a step is five operations forth and three back; all that
needs no order is done for the whole sequence at once.

    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)      x. = W_i. x + b_i.,  h. = W_h. h + b_h.
    n = tanh(x_n + r h_n)                              Source: Cho et al. 2014, eq. 5 to 8,
    h' = n + z (h - n)                                 the reset after the product
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


class Gru(nn.GRU):
    """`nn.GRU` with the same weights; layers one after the other, in one direction."""

    def forward(  # type: ignore[override]
        self, sequence: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        """sequence: (T, B, inputs). state: (layers, B, hidden). Gives what the last layer says,
        (T, B, hidden), and the state after it.
        """
        if not self.training:  # to measure or to export: torch's own
            return super().forward(sequence, state)
        last = []
        for layer, (into, onward, bias_into, bias_onward) in enumerate(self.all_weights):
            given = torch.addmm(bias_into, sequence.flatten(0, 1), into.T)
            given = given.view(*sequence.shape[:2], -1)
            sequence = _Follow.apply(  # type: ignore[no-untyped-call]
                given, state[layer], onward, bias_onward
            )
            last.append(sequence[-1])
        return sequence, torch.stack(last)


class _Follow(torch.autograd.Function):
    """given (T, B, 3 hidden): x_r, x_z, x_n; to the states after each step (T, B, hidden)."""

    @staticmethod
    def forward(ctx: Any, given: Tensor, start: Tensor, onward: Tensor, bias: Tensor) -> Tensor:
        size = start.shape[1]
        gates, fresh = given[:, :, : 2 * size] + bias[: 2 * size], given[:, :, 2 * size :].clone()
        told, states = torch.empty_like(fresh), fresh.new_empty(len(fresh) + 1, *start.shape)
        states[0] = start
        _follow(gates, fresh, told, states, onward.T, bias[2 * size :])
        ctx.save_for_backward(gates, fresh, told, states, onward)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, ...]:
        gates, fresh, told, states, onward = ctx.saved_tensors
        reset, update = gates.chunk(2, 2)
        free = (1 - update) * (1 - fresh.square())  # of h' by what n is the tanh of
        parts = torch.stack(
            [
                free * told * reset * (1 - reset),
                (states[:-1] - fresh) * update * (1 - update),
                free * reset,
            ],
            2,
        )  # of h' by h_r, h_z, h_n; below, of the loss
        totals = slopes.clone()
        first = _follow_back(parts, totals, update, onward)
        flat = parts.flatten(2).flatten(0, 1)
        to_given = torch.cat([parts[:, :, :2].flatten(2), totals * free], 2)
        return to_given, first, flat.T @ states[:-1].flatten(0, 1), flat.sum(0)


def _follow(
    gates: Tensor, fresh: Tensor, told: Tensor, states: Tensor, onward: Tensor, told_bias: Tensor
) -> None:
    """Step by step: gates from their inputs to r and z, fresh from x_n to n; told and states."""
    size = told_bias.shape[0]
    gate_weights, told_weights = onward[:, : 2 * size].clone(), onward[:, 2 * size :].clone()
    all_steps = (gates, fresh, told, states[:-1], states[1:])
    for gate, new, tell, before, after in zip(*map(torch.unbind, all_steps), strict=True):
        gate.addmm_(before, gate_weights).sigmoid_()
        torch.addmm(told_bias, before, told_weights, out=tell)
        new.addcmul_(gate[:, :size], tell).tanh_()
        torch.lerp(new, before, gate[:, size:], out=after)


def _follow_back(parts: Tensor, totals: Tensor, update: Tensor, onward: Tensor) -> Tensor:
    """Step by step from the last: slopes of the loss by each state, added to what stands in
    totals; by parts of it, times what stands there. Gives that by the state before the first.
    """
    first = torch.zeros_like(totals[0])
    wanted, rows, kept = totals.unbind(), parts.unbind(), update.unbind()
    for step in range(len(wanted) - 1, -1, -1):
        before = wanted[step - 1] if step else first
        rows[step].mul_(wanted[step][:, None])
        before.addcmul_(wanted[step], kept[step]).addmm_(rows[step].flatten(1), onward)
    return first
