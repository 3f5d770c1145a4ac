"""The denoiser: a complex mask of the spectrum, from the spectra so far.

    (T, B, 2, 161) spectra ─▶ compress ─▶ 81 bands ─▶ 41 ─▶ 21 places ─▶ blocks ─▶ 41 ─▶ 81
                                                                └▶ tanh ─▶ mask of 161 bins

A block follows each place through time (one GRU, shared by all places) and mixes the places of
each group of channels (a matrix a group): after the two paths of Luo et al. 2020 and the shared
recurrence of Rong et al. 2024 (GTCRN), but the second path is a product instead of a recurrence,
so that a frame costs few operations, and nothing waits for the next frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pellucid.audio.bands import BINS, gather, spread

PLACES = 21  # of the bands after two halvings
COMPRESSION = 0.3  # power of the magnitude that the network sees; Braun and Tashev 2021
LEAST = 1e-8  # magnitude, so that the power has a slope
MOST = 1.5  # gain of a bin's real and imaginary part


@dataclass(frozen=True)
class DenoiseShape:
    """Channels at 21 places, at 41, of the GRU; how many blocks, groups of mixed channels."""

    width: int
    narrow: int
    hidden: int
    blocks: int
    groups: int


class Block(nn.Module):
    """Through time at each place, then over the places; both added to what comes in."""

    def __init__(self, shape: DenoiseShape) -> None:
        super().__init__()
        width, groups = shape.width, shape.groups
        self.width, self.groups = width, groups
        self.follow = nn.GRU(width, shape.hidden)
        self.told = nn.Conv1d(shape.hidden, width, 1)
        self.told_norm = nn.BatchNorm1d(width)
        self.before = nn.Conv1d(width, width, 1)
        self.bend = nn.PReLU(width)
        self.mix = nn.Parameter(torch.randn(groups * PLACES, PLACES) * 0.3 / PLACES**0.5)
        self.offset = nn.Parameter(torch.zeros(groups, 1, PLACES))
        self.after = nn.Conv1d(width, width, 1)
        self.after_norm = nn.BatchNorm1d(width)

    def forward(self, places: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """places: (T * B, width, PLACES). state: (1, B * PLACES, hidden). The same again."""
        # int: a number to the exporter, not something to be found out at each call.
        sequence = places.permute(0, 2, 1).reshape(-1, int(state.shape[1]), self.width)
        told, state = self.follow(sequence, state)
        told = told.reshape(-1, PLACES, self.follow.hidden_size).permute(0, 2, 1)
        places = places + self.told_norm(self.told(told))
        groups = self.bend(self.before(places))
        groups = groups.reshape(-1, self.groups, self.width // self.groups, PLACES)
        mix = self.mix.view(self.groups, PLACES, PLACES)
        mixed = (groups @ mix + self.offset).reshape(-1, self.width, PLACES)
        return places + self.after_norm(self.after(mixed)), state


class DenoiseNet(nn.Module):
    """The network in floating point; `shape.width` must be a multiple of `shape.groups`."""

    gather: Tensor
    spread: Tensor

    def __init__(self, shape: DenoiseShape) -> None:
        super().__init__()
        self.shape = shape
        width, narrow = shape.width, shape.narrow
        self.register_buffer("gather", torch.from_numpy(gather().T.copy()))
        self.register_buffer("spread", torch.from_numpy(spread()))
        self.first, self.second = _halve(3, narrow), _halve(narrow, width)
        self.blocks = nn.ModuleList([Block(shape) for _ in range(shape.blocks)])
        self.third = nn.Sequential(
            nn.ConvTranspose1d(width, narrow, 5, 2, 2), nn.BatchNorm1d(narrow), nn.PReLU(narrow)
        )
        self.fourth = nn.ConvTranspose1d(narrow, 2, 5, 2, 2)

    def start(self, batch: int) -> Tensor:
        """The state before the first frame: zeros (blocks, batch * PLACES, hidden)."""
        return torch.zeros(self.shape.blocks, batch * PLACES, self.shape.hidden)

    def forward(self, spectra: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Clean some frames.

        spectra: float32 (T, B, 2, BINS), real and imaginary parts. state: from `start` or the
        call before. Gives the cleaned spectra, same shape, and the state after them.
        """
        flat = spectra.reshape(-1, 2, BINS)
        mask, state = self._mask(compress(flat) @ self.gather, state)
        batch = int(spectra.shape[1])
        return multiply(flat, mask @ self.spread).reshape(-1, batch, 2, BINS), state

    def _mask(self, bands: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """(T * B, 3, BANDS) to a complex mask (T * B, 2, BANDS)."""
        halved = self.first(bands)
        quartered = self.second(halved)
        places, states = quartered, []
        for index, block in enumerate(self.blocks):
            places, after = block(places, state[index : index + 1])
            states.append(after)
        doubled = self.third(places + quartered) + halved
        return torch.tanh(self.fourth(doubled)) * MOST, torch.cat(states)


def _halve(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(inputs, outputs, 5, 2, 2), nn.BatchNorm1d(outputs), nn.PReLU(outputs)
    )


def compress(spectra: Tensor) -> Tensor:
    """(N, 2, BINS) to (N, 3, BINS): both parts of the compressed spectrum, and its magnitude."""
    magnitude = (spectra * spectra).sum(1, keepdim=True).sqrt().clamp_min(LEAST)
    return torch.cat([spectra * magnitude ** (COMPRESSION - 1), magnitude**COMPRESSION], 1)


def multiply(a: Tensor, b: Tensor) -> Tensor:
    """The product of complex numbers, both (N, 2, BINS)."""
    real = a[:, :1] * b[:, :1] - a[:, 1:] * b[:, 1:]
    imaginary = a[:, :1] * b[:, 1:] + a[:, 1:] * b[:, :1]
    return torch.cat([real, imaginary], 1)
