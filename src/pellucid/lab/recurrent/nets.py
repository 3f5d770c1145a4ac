"""The networks that are compared: layers from levels to features, then a gain for each band."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from pellucid.errors import RecipeError
from pellucid.lab.recurrent.geometry import BANDS
from pellucid.training.nets.elementwise import BentGru
from pellucid.training.nets.grouped import Beside, Shuffle, Split
from pellucid.training.nets.recurrent import (
    Gru,
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

HIDDEN = 48
SMALL = 32  # of two layers
GROUPS = 4
SPAN = 20  # frames that attention sees
DROPPED = 0.3
Layers = Sequence[nn.Module]


class GainNet(nn.Module):
    """Layers in a row, the units among them from a fresh state, and a dense layer with sigmoid."""

    def __init__(self, layers: Layers, features: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.give = nn.Linear(features, BANDS)

    def forward(self, frames: Tensor) -> Tensor:
        """(T, B, inputs) to gains (T, B, BANDS) in 0..1."""
        for layer in self.layers:
            if isinstance(layer, Unit):
                frames, _ = layer(frames, layer.start(frames.shape[1]))
            else:
                frames = layer(frames)
        return torch.sigmoid(self.give(frames))


class Added(Unit):
    """What a unit makes of its input, added to it; as many numbers out as in."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.inputs, unit.hidden)
        self.unit = unit

    def start(self, batch: int) -> Tensor:
        """The unit's."""
        return self.unit.start(batch)

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """See `Unit`."""
        made, state = self.unit(frames, state)
        return frames + made, state


def make_net(name: str, inputs: int) -> GainNet:
    """A network by its name in `NETS`. Raises RecipeError."""
    if name not in NETS:
        raise RecipeError(f"net: expected one of {', '.join(NETS)}, got {name}")
    layers = NETS[name](inputs)
    features = next(layer.hidden for layer in reversed(layers) if isinstance(layer, Unit))
    return GainNet(layers, features)


def _equal(kind: str, inputs: int, parts: int = 1) -> int:
    """The size of a unit that has as many parameters as the GRU, or as a part of it."""
    return hidden_for(kind, inputs, parameters_of("gru", inputs, HIDDEN) // parts)


def _bent(bend: nn.Module) -> Callable[[int], Layers]:
    """A dense layer and an activation before the GRU."""
    return lambda n: [nn.Linear(n, HIDDEN), Framewise(bend), Gru(HIDDEN, HIDDEN)]


def _split(between: nn.Module) -> Callable[[int], Layers]:
    """Two layers of small GRUs, each with its part of what comes in."""
    return lambda n: [
        Stack(Split("gru", n, HIDDEN, GROUPS), between, Split("gru", HIDDEN, HIDDEN, GROUPS))
    ]


NETS: dict[str, Callable[[int], Layers]] = {
    "gru": lambda n: [Gru(n, HIDDEN)],
    "lstm of equal hidden": lambda n: [make_unit("lstm", n, HIDDEN)],
    "sru": lambda n: [make_unit("sru", n, HIDDEN)],
    "rnn": lambda n: [make_unit("rnn", n, _equal("rnn", n))],
    "lstm": lambda n: [make_unit("lstm", n, _equal("lstm", n))],
    "gru with relu": lambda n: [make_unit("relu-gru", n, HIDDEN)],
    "gru with tanh": lambda n: [BentGru(n, HIDDEN, torch.tanh)],
    "orthogonal": lambda n: [make_orthogonal(Gru(n, HIDDEN))],
    "relu": _bent(nn.ReLU()),
    "leaky relu": _bent(nn.LeakyReLU(0.1)),
    "prelu": lambda n: _bent(nn.PReLU(HIDDEN))(n),
    "dropout": lambda n: [Gru(n, HIDDEN), nn.Dropout(DROPPED)],
    "layer norm": lambda n: [Gru(n, HIDDEN), nn.LayerNorm(HIDDEN)],
    "batch norm": lambda n: [Gru(n, HIDDEN), Framewise(nn.BatchNorm1d(HIDDEN))],
    "attention": lambda n: [nn.Linear(n, HIDDEN), Added(Attention(HIDDEN, HIDDEN, SPAN))],
    "gru, attention": lambda n: [Gru(n, HIDDEN), Added(Attention(HIDDEN, HIDDEN, SPAN))],
    "two layers": lambda n: [plain_stack(n, SMALL)],
    "gru-prelu-dense-tanh-gru": lambda n: [dense_stack(n, SMALL)],
    "gru-prelu-norm-gru": lambda n: [norm_stack(n, SMALL)],
    "cnn before": lambda n: [CausalConv(n, HIDDEN, 3), nn.ReLU(), Gru(HIDDEN, HIDDEN)],
    "cnn after": lambda n: [Gru(n, HIDDEN), CausalConv(HIDDEN, HIDDEN, 3), nn.ReLU()],
    "small": lambda n: [Beside("gru", n, HIDDEN, GROUPS)],
    "small of equal size": lambda n: [Beside("gru", n, GROUPS * _equal("gru", n, GROUPS), GROUPS)],
    "split": _split(nn.Identity()),
    "split, shuffled": _split(Shuffle(GROUPS)),
}
