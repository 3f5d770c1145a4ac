"""Two recurrent units with something between them, a way past in time, and a look back.

All are units themselves: they stream, cut anywhere, as the whole does.
"""

from __future__ import annotations

from itertools import chain

import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError
from pellucid.training.nets.recurrent import Gru
from pellucid.training.nets.unit import Framewise, Unit


class Stack(Unit):
    """One unit, layers that see each frame alone, another unit; both of one kind of state."""

    def __init__(self, first: Unit, between: nn.Module, second: Unit) -> None:
        super().__init__(first.inputs, second.hidden)
        self.first, self.between, self.second = first, between, second

    def start(self, batch: int) -> Tensor:
        """The first's, then the second's; of one size."""
        return torch.cat([self.first.start(batch), self.second.start(batch)])

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        one, other = state.chunk(2)
        made, one = self.first(frames, one.contiguous())
        made, other = self.second(self.between(made), other.contiguous())
        return made, torch.cat([one, other])

    def recurrent_matrices(self) -> tuple[Tensor, ...]:
        """Of both."""
        return tuple(chain(self.first.recurrent_matrices(), self.second.recurrent_matrices()))


def plain_stack(inputs: int, hidden: int) -> Stack:
    """GRU, GRU."""
    return Stack(Gru(inputs, hidden), nn.Identity(), Gru(hidden, hidden))


def dense_stack(inputs: int, hidden: int) -> Stack:
    """GRU, PReLU, a dense layer on each frame (TimeDistributed), tanh, GRU."""
    dense = [Framewise(nn.PReLU(hidden)), nn.Linear(hidden, hidden), nn.Tanh()]
    return Stack(Gru(inputs, hidden), nn.Sequential(*dense), Gru(hidden, hidden))


def norm_stack(inputs: int, hidden: int) -> Stack:
    """GRU, PReLU, LayerNorm over the channels of a frame (Ba et al. 2016), GRU."""
    norm = nn.Sequential(Framewise(nn.PReLU(hidden)), nn.LayerNorm(hidden))
    return Stack(Gru(inputs, hidden), norm, Gru(hidden, hidden))


class _Past(Unit):
    """A unit whose state is the last `span - 1` frames, zeros before the first."""

    def __init__(self, inputs: int, hidden: int, span: int) -> None:
        super().__init__(inputs, hidden)
        if span < 1:
            raise RecipeError(f"span: expected 1 frame or more, got {span}")
        self.span = span

    def start(self, batch: int) -> Tensor:
        """Zeros (span - 1, B, inputs)."""
        return torch.zeros(self.span - 1, batch, self.inputs)

    def _with_past(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """(span - 1 + T, B, inputs), and the state after."""
        known = torch.cat([state, frames])
        return known, known[len(known) - self.span + 1 :]


class CausalConv(_Past):
    """A convolution over the last `span` frames; the state is what it still needs."""

    def __init__(self, inputs: int, hidden: int, span: int) -> None:
        super().__init__(inputs, hidden, span)
        self.conv = nn.Conv1d(inputs, hidden, span)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        known, state = self._with_past(frames, state)
        return self.conv(known.permute(1, 2, 0)).permute(2, 0, 1), state


class Attention(_Past):
    """Each frame asks the last `span` frames, itself among them, one head.

    Scores are scaled products plus an offset learned for each age; zeros before the first frame
    may be asked as well. Source: Vaswani et al. 2017, eq. 1, with the offset of Raffel et al. 2020.
    """

    def __init__(self, inputs: int, hidden: int, span: int) -> None:
        super().__init__(inputs, hidden, span)
        self.ask = nn.Linear(inputs, hidden)
        self.know = nn.Linear(inputs, 2 * hidden)  # keys, values
        self.age = nn.Parameter(torch.zeros(span))

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        known, state = self._with_past(frames, state)
        windows = self.know(known).unfold(0, self.span, 1)  # (T, B, 2 * hidden, span)
        keys, values = windows.chunk(2, dim=2)
        scores = torch.einsum("tbc,tbcn->tbn", self.ask(frames), keys) / self.hidden**0.5
        share = torch.softmax(scores + self.age, dim=2)
        return torch.einsum("tbn,tbcn->tbc", share, values), state
