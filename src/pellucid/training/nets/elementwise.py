"""Units written out: the SRU, whose state is never multiplied by a matrix, and a GRU to bend.

Both compute every product with the input for all frames at once; only what needs the state goes
frame by frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from pellucid.training.nets.unit import Unit


class Sru(Unit):
    """The simple recurrent unit; the state (1, B, hidden) is its cell.

        f = sigmoid(W_f x + v_f * c + b_f)      c' = f * c + (1 - f) * (W x)
        r = sigmoid(W_r x + v_r * c + b_r)      h = r * c' + (1 - r) * x

    c is the cell one frame ago, and * elementwise: all matrix products are of the input alone.
    Source: Lei et al. 2018, eq. 1 to 4, without their scaling of the way past, which here takes a
    matrix of its own where x has another size than h.
    """

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        past = inputs != hidden
        self.weight = nn.Parameter(_uniform((3 + past) * hidden, inputs, inputs))
        self.memory = nn.Parameter(_uniform(2, hidden, hidden))  # v_f, v_r
        self.offset = nn.Parameter(torch.zeros(2, hidden))  # b_f, b_r

    def start(self, batch: int) -> Tensor:
        """Zeros (1, B, hidden)."""
        return torch.zeros(1, batch, self.hidden)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`. The products of all frames at once, then the recurrence, then the output."""
        new, forget, reset, past = self._products(frames)
        cells = [state[0]]
        for one, gate in zip(new, forget, strict=True):
            share = torch.sigmoid(torch.addcmul(gate, self.memory[0], cells[-1]))
            cells.append(torch.lerp(one, cells[-1], share))
        before, after = torch.stack(cells[:-1]), torch.stack(cells[1:])
        kept = torch.sigmoid(reset + self.memory[1] * before)
        return torch.lerp(past, after, kept), after[-1:]

    def step(self, frame: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """One frame (B, inputs) as the equations have it, from the cell (B, hidden): h and c'."""
        new, forget, reset, past = self._products(frame)
        f = torch.sigmoid(forget + self.memory[0] * cell)
        r = torch.sigmoid(reset + self.memory[1] * cell)
        after = f * cell + (1 - f) * new
        return r * after + (1 - r) * past, after

    def _products(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """W x, W_f x + b_f, W_r x + b_r, and the way past; (..., hidden) each."""
        products = nn.functional.linear(frames, self.weight)
        parts = products.chunk(len(self.weight) // self.hidden, dim=-1)
        past = parts[3] if len(parts) > 3 else frames
        return parts[0], parts[1] + self.offset[0], parts[2] + self.offset[1], past


class BentGru(Unit):
    """A GRU with any function in place of its tanh, and torch's layout and equations otherwise.

    r, z = sigmoid(...)      n = bend(W_n x + b + r * (U_n h + b'))      h' = (1 - z) n + z h
    """

    def __init__(self, inputs: int, hidden: int, bend: Callable[[Tensor], Tensor]) -> None:
        super().__init__(inputs, hidden)
        self.bend = bend
        self.weight_in = nn.Parameter(_uniform(3 * hidden, inputs, hidden))  # of r, z, n
        self.weight_state = nn.Parameter(_uniform(3 * hidden, hidden, hidden))
        self.offset_in = nn.Parameter(_uniform(1, 3 * hidden, hidden)[0])
        self.offset_state = nn.Parameter(_uniform(1, 3 * hidden, hidden)[0])

    def start(self, batch: int) -> Tensor:
        """Zeros (1, B, hidden)."""
        return torch.zeros(1, batch, self.hidden)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        told = nn.functional.linear(frames, self.weight_in, self.offset_in)
        made, now = [], state[0]
        for one in told:
            made.append(now := self._step(one, now))
        return torch.stack(made), now[None]

    def recurrent_matrices(self) -> tuple[Tensor, ...]:
        """Of the reset gate, of the update gate, of the new state."""
        return self.weight_state.chunk(3)

    def _step(self, told: Tensor, state: Tensor) -> Tensor:
        """(B, 3 * hidden) of the input and (B, hidden) to (B, hidden)."""
        known = torch.addmm(self.offset_state, state, self.weight_state.t())
        gates: Tensor = torch.sigmoid(told[:, : 2 * self.hidden] + known[:, : 2 * self.hidden])
        reset, keep = gates.chunk(2, dim=1)
        new = self.bend(told[:, 2 * self.hidden :] + reset * known[:, 2 * self.hidden :])
        after: Tensor = torch.lerp(new, state, keep)
        return after


def _uniform(rows: int, columns: int, fan: int) -> Tensor:
    """As torch starts its recurrent layers: within 1 / sqrt(fan)."""
    return (2 * torch.rand(rows, columns) - 1) / math.sqrt(fan)
