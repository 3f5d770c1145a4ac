"""Recurrent units of one shape: torch's plain one, LSTM and GRU, and two of our own.

A unit takes frames and a state and gives frames and the state after them, so that a stream cut
anywhere comes out as the whole does. `UNITS` names them, `parameters_of` counts them.
"""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError
from pellucid.training.nets.elementwise import BentGru, Sru
from pellucid.training.nets.unit import Unit


class _Torch(Unit):
    """A layer of torch's behind a state of one tensor."""

    rows = 1  # tensors in torch's state

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden)
        self.layer = self._layer()

    @abstractmethod
    def _layer(self) -> nn.RNNBase:
        """What torch calls it."""

    def start(self, batch: int) -> Tensor:
        """Zeros (rows, B, hidden)."""
        return torch.zeros(self.rows, batch, self.hidden)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        made, state = self.layer(frames, state)
        return made, state

    def recurrent_matrices(self) -> tuple[Tensor, ...]:
        """One (hidden, hidden) a gate, views of torch's stack."""
        weight = self.layer.weight_hh_l0
        assert isinstance(weight, Tensor)
        return weight.chunk(len(weight) // self.hidden)


class Rnn(_Torch):
    """h = tanh(W x + U h + b). Source: Elman 1990."""

    def _layer(self) -> nn.RNNBase:
        return nn.RNN(self.inputs, self.hidden)


class Gru(_Torch):
    """Two gates, one state. Source: Cho et al. 2014, eq. 5 to 8, the reset after the product."""

    def _layer(self) -> nn.RNNBase:
        return nn.GRU(self.inputs, self.hidden)


class Lstm(_Torch):
    """Three gates, and a cell beside the output: the state is (2, B, hidden), output first.

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """

    rows = 2

    def _layer(self) -> nn.RNNBase:
        return nn.LSTM(self.inputs, self.hidden)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        made, (output, cell) = self.layer(frames, (state[:1].contiguous(), state[1:].contiguous()))
        return made, torch.cat([output, cell])


class ReluGru(BentGru):
    """The GRU with ReLU in place of its tanh; the gates keep their sigmoid."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__(inputs, hidden, torch.relu)


UNITS: dict[str, type[Unit]] = {
    "rnn": Rnn, "lstm": Lstm, "gru": Gru, "sru": Sru, "relu-gru": ReluGru,
}  # fmt: skip
GATES = {"rnn": 1, "gru": 3, "lstm": 4, "relu-gru": 3}


def make_unit(kind: str, inputs: int, hidden: int) -> Unit:
    """A unit by its name in `UNITS`. Raises RecipeError."""
    _check(kind)
    return UNITS[kind](inputs, hidden)


def parameters_of(kind: str, inputs: int, hidden: int) -> int:
    """How many a unit has, in closed form. Raises RecipeError.

    A gate has matrices for the input and for the state, and torch's two offsets: a GRU is exactly
    3/4 of an LSTM. An SRU has no matrix for the state, but four vectors, and a fourth matrix for
    its way past where inputs and outputs differ in number: half of a GRU for large equal ones.
    """
    _check(kind)
    if kind == "sru":
        return (3 + (inputs != hidden)) * inputs * hidden + 4 * hidden
    return GATES[kind] * (hidden * (inputs + hidden) + 2 * hidden)


def hidden_for(kind: str, inputs: int, parameters: int) -> int:
    """The size whose count comes nearest. Raises RecipeError."""
    sizes = range(1, parameters + 1)
    return min(sizes, key=lambda size: abs(parameters_of(kind, inputs, size) - parameters))


@torch.no_grad()
def make_orthogonal(unit: Unit) -> Unit:
    """Draw the recurrent matrices anew, each orthogonal, and give the unit back.

    What a state is multiplied by then neither grows nor fades. Source: Saxe et al. 2014. A unit
    without such matrices (SRU) stays as it is.
    """
    for matrix in unit.recurrent_matrices():
        matrix.copy_(nn.init.orthogonal_(torch.empty_like(matrix)))
    return unit


def _check(kind: str) -> None:
    if kind not in UNITS:
        raise RecipeError(f"unit: expected one of {', '.join(UNITS)}, got {kind}")
