"""Several small recurrent units in place of a large one, and the shuffle that joins their news.

Source: Gao et al. 2018, "Efficient Sequence Learning with Group Recurrent Networks": groups side
by side, and a parameter-free shuffle between two layers, after Zhang et al. 2018.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError
from pellucid.training.nets.recurrent import make_unit
from pellucid.training.nets.unit import Unit


class Beside(Unit):
    """Units of one kind side by side, all of which hear the whole input.

    hidden: of all together, a multiple of `groups`. The states lie side by side as well,
    (rows, B, hidden). Raises RecipeError.
    """

    def __init__(self, kind: str, inputs: int, hidden: int, groups: int) -> None:
        super().__init__(inputs, hidden)
        _check_groups("hidden", hidden, groups)
        heard = self._heard(groups)
        self.units = nn.ModuleList(make_unit(kind, heard, hidden // groups) for _ in range(groups))

    def start(self, batch: int) -> Tensor:
        """Zeros (rows, B, hidden)."""
        return torch.cat([unit.start(batch) for unit in self._units()], dim=2)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        groups = len(self.units)
        parts = zip(self._units(), self._cut(frames), state.chunk(groups, dim=2), strict=True)
        made = [unit(part, own.contiguous()) for unit, part, own in parts]
        return torch.cat([one for one, _ in made], 2), torch.cat([own for _, own in made], 2)

    def recurrent_matrices(self) -> tuple[Tensor, ...]:
        """Of every unit, (hidden / groups, hidden / groups)."""
        return tuple(matrix for unit in self._units() for matrix in unit.recurrent_matrices())

    def _units(self) -> list[Unit]:
        return [unit for unit in self.units if isinstance(unit, Unit)]

    def _heard(self, groups: int) -> int:
        del groups
        return self.inputs

    def _cut(self, frames: Tensor) -> Sequence[Tensor]:
        return [frames] * len(self.units)


class Split(Beside):
    """Units side by side, each of which hears its own part of the input: a block of each matrix.

    Both `inputs` and `hidden` are multiples of `groups`; a group has 1/groups² of the matrices.
    """

    def _heard(self, groups: int) -> int:
        _check_groups("inputs", self.inputs, groups)
        return self.inputs // groups

    def _cut(self, frames: Tensor) -> Sequence[Tensor]:
        return frames.chunk(len(self.units), dim=2)


class Shuffle(nn.Module):
    """Deals the channels of each group to all groups: the next layer's hear something of each."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, frames: Tensor) -> Tensor:
        """(T, B, C), C a multiple of the groups, to the same shape. Raises RecipeError."""
        _check_groups("channels", frames.shape[2], self.groups)
        dealt = frames.reshape(*frames.shape[:2], self.groups, -1).transpose(2, 3)
        return dealt.reshape(frames.shape)


def _check_groups(name: str, size: int, groups: int) -> None:
    if groups < 1 or size % groups:
        raise RecipeError(f"{name}: expected a multiple of {groups} groups, got {size}")
