"""The denoiser: a complex filter of each bin over its latest frames, from the spectra so far.

    (T, B, 2, 161) spectra ─▶ compress ─▶ 81 bands ─▶ 41 ─▶ 21 places ─▶ blocks ─▶ 41 ─▶ 81
                                                         └▶ tanh ─▶ filters of 161 bins

A block follows each place through time (one GRU, shared by all places) and mixes the places of
each group of channels (a matrix a group): after the two paths of Luo et al. 2020 and the shared
recurrence of Rong et al. 2024 (GTCRN), but the second path is a product instead of a recurrence,
so that a frame costs few operations, and nothing waits for the next frame. A filter of one tap is
a complex mask; more taps tell a harmonic from the noise beside it, which a window of 20 ms cannot
(deep filtering: Mack and Habets 2020, eq. 2, without looking ahead).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pellucid.audio.bands import BINS, gather, spread
from pellucid.training.nets.gru import Gru

PLACES = 21  # of the bands after two halvings
COMPRESSION = 0.3  # power of the magnitude that the network sees; Braun and Tashev 2021
LEAST = 1e-8  # magnitude, so that the power has a slope
MOST = 1.5  # gain of a bin's real and imaginary part


@dataclass(frozen=True)
class DenoiseShape:
    """Channels at 21 places, at 41, of the GRU; how many blocks, groups of mixed channels; taps
    of the filters.
    """

    width: int
    narrow: int
    hidden: int
    blocks: int
    groups: int
    taps: int


class Block(nn.Module):
    """Through time at each place, then over the places; both added to what comes in."""

    def __init__(self, shape: DenoiseShape) -> None:
        super().__init__()
        width, groups = shape.width, shape.groups
        self.width, self.groups = width, groups
        self.follow = Gru(width, shape.hidden)
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
        self.fourth = nn.ConvTranspose1d(narrow, 2 * shape.taps, 5, 2, 2)

    def start(self, batch: int) -> Tensor:
        """The state before the first frame: zeros (batch, size)."""
        return torch.zeros(batch, self._recurrent + (self.shape.taps - 1) * 2 * BINS)

    @property
    def _recurrent(self) -> int:
        """The part of a state that the blocks keep; the rest are the latest spectra."""
        return self.shape.blocks * PLACES * self.shape.hidden

    def forward(self, spectra: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Clean some frames.

        spectra: float32 (T, B, 2, BINS), real and imaginary parts. state: from `start` or the
        call before. Gives the cleaned spectra, same shape, and the state after them.
        """
        batch, taps = int(spectra.shape[1]), self.shape.taps
        kept = state[:, self._recurrent :].reshape(batch, taps - 1, 2, BINS).transpose(0, 1)
        heard = torch.cat([kept, spectra])  # (taps - 1 + T, B, 2, BINS)
        filters, followed = self._filters(spectra.reshape(-1, 2, BINS), self._split(state, batch))
        filters = (filters @ self.spread).reshape(-1, batch, taps, 2, BINS)
        late = [heard[taps - 1 - tap : -tap or None] for tap in range(taps)]
        made = filtered(torch.stack(late, 2), filters)
        rest = heard[heard.shape[0] - taps + 1 :].transpose(0, 1).reshape(batch, -1)
        return made, torch.cat([self._join(followed, batch), rest], 1)

    def _split(self, state: Tensor, batch: int) -> Tensor:
        """The blocks' part as they take it, (blocks, batch * PLACES, hidden)."""
        blocks, hidden = self.shape.blocks, self.shape.hidden
        parts = state[:, : self._recurrent].reshape(batch, blocks, PLACES * hidden)
        return parts.transpose(0, 1).reshape(blocks, batch * PLACES, hidden)

    def _join(self, followed: Tensor, batch: int) -> Tensor:
        """Back, to (batch, ...)."""
        blocks, size = self.shape.blocks, PLACES * self.shape.hidden
        return followed.reshape(blocks, batch, size).transpose(0, 1).reshape(batch, blocks * size)

    def _filters(self, flat: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """(T * B, 2, BINS) to filters of the bands (T * B, 2 * taps, BANDS)."""
        halved = self.first(compress(flat) @ self.gather)
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


def filtered(late: Tensor, filters: Tensor) -> Tensor:
    """The sum over taps of products of complex numbers, both (T, B, taps, 2, BINS)."""
    both = late * filters
    real = (both[:, :, :, 0] - both[:, :, :, 1]).sum(2)
    imaginary = (late * filters.flip(3)).sum((2, 3))
    return torch.stack([real, imaginary], 2)
