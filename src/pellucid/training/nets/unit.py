"""What every recurrent unit keeps to: frames and a state in, frames and the state after out."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Unit(nn.Module, ABC):
    """`inputs` numbers a frame in, `hidden` out; causal, and cut anywhere it gives the same."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.inputs, self.hidden = inputs, hidden

    @abstractmethod
    def start(self, batch: int) -> Tensor:
        """The state before the first frame, (rows, B, ...); zeros."""

    @abstractmethod
    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """frames: float32 (T, B, inputs). Gives (T, B, hidden), and the state after them."""

    def recurrent_matrices(self) -> tuple[Tensor, ...]:
        """What the state is multiplied by, (hidden, hidden) each; none where it is elementwise."""
        return ()


class Framewise(nn.Module):
    """A layer on each frame by itself, which Keras calls TimeDistributed.

    For layers that want channels second, such as PReLU and BatchNorm1d: frames count as items, so
    that a batch norm averages over T * B.
    """

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, frames: Tensor) -> Tensor:
        """(T, B, C) to (T, B, C')."""
        made: Tensor = self.layer(frames.flatten(0, 1))
        return made.reshape(*frames.shape[:2], -1)
