"""The task: from the levels of 24 bands so far, the gain of each band that leaves the voice.

Mixtures are drawn and transformed once; the held-out ones are of other files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pellucid.errors import RecipeError
from pellucid.lab.recurrent.geometry import members
from pellucid.training.voice.losses import si_sdr
from pellucid.training.voice.mixing import Mixer
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.sounds import Sounds, load_sounds
from pellucid.training.voice.spectra import to_samples, to_spectra

RATE = 16_000
PIECE = 50  # frames that are learned from at a time
SECONDS = 3.0  # of a mixture: six pieces
FLOOR = 1e-6  # power, so that silence has a logarithm
TOGETHER = 8  # mixtures drawn at a time
# Speech over noise and music, in rooms and through microphones, with nothing else done to it.
# What it says of a network and of training is not used.
MIXTURES = DenoiseRecipe(
    "lab-recurrent", "denoise", 1, 1, 1, 1, 1, 1, 1, SECONDS, (-5.0, 15.0), (-35.0, -15.0), 0.0,
    0.0, 0.3, 0.5, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, TOGETHER, 1, 0.001,
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many mixtures of 3 s to learn from and to judge by, and steps of an ordinary training.

    Raises RecipeError for a number below 1.
    """

    learned: int = 384
    held_out: int = 48
    steps: int = 200

    def __post_init__(self) -> None:
        """Refuse what leaves nothing to do."""
        for name, number in vars(self).items():
            if number < 1:
                raise RecipeError(f"{name}: expected 1 or more, got {number}")


@dataclass(frozen=True, eq=False)
class Frames:
    """levels: log10 of the mixture's power in a band; gains: 0..1. float32 (T, N, BANDS)."""

    levels: Tensor
    gains: Tensor


@dataclass(frozen=True, eq=False)
class Problem:
    """learned: pieces, T = PIECE; held_out: whole mixtures, with their spectra and clean voices.

    spectra: (T, N, 2, BINS). clean: (N, L). digest: tells the same sounds again.
    """

    learned: Frames
    held_out: Frames
    spectra: Tensor
    clean: Tensor
    digest: str

    def si_sdr(self, gains: Tensor) -> float:
        """In dB, mean of the held-out mixtures, their bands turned down by gains (T, N, BANDS)."""
        masked = self.spectra * (gains @ _members())[:, :, None]
        made = to_samples(masked, RATE)
        return float(si_sdr(made, self.clean[:, : made.shape[1]]))


def make_problem(folders: Sequence[Path], size: Size) -> Problem:
    """Draw the mixtures from sounds below `speech`, `noise` and `music` of the folders.

    Raises MediaError where they hold too few.
    """
    sounds = load_sounds(folders, RATE, held_out=False)
    others = load_sounds(folders, RATE, held_out=True)
    mixed, clean = _draw(sounds, size.learned)
    learned = _pieces(_frames(to_spectra(mixed, RATE), to_spectra(clean, RATE)))
    mixed, clean = _draw(others, size.held_out)
    spectra = to_spectra(mixed, RATE)
    held_out = _frames(spectra, to_spectra(clean, RATE))
    return Problem(learned, held_out, spectra, clean, sounds.digest)


def _draw(sounds: Sounds, count: int) -> tuple[Tensor, Tensor]:
    """Mixtures and clean voices, (count, L) each."""
    mixer = Mixer(sounds, MIXTURES)
    drawn = [mixer.batch(step) for step in range(-(-count // TOGETHER))]
    mixed, clean = (torch.cat([one[side] for one in drawn])[:count] for side in (0, 1))
    return mixed, clean


def _frames(mixed: Tensor, clean: Tensor) -> Frames:
    """Of spectra (T, N, 2, BINS). A gain is the root of the share of the power that is voice."""
    power, voice = (x.square().sum(2) @ _members().T + FLOOR for x in (mixed, clean))
    return Frames(power.log10(), (voice / power).clamp(max=1).sqrt())


def _pieces(frames: Frames) -> Frames:
    """(T, N, BANDS) to (PIECE, N * T // PIECE, BANDS)."""
    whole = len(frames.levels) // PIECE
    sides = (x[: whole * PIECE].chunk(whole) for x in (frames.levels, frames.gains))
    levels, gains = (torch.cat(parts, 1) for parts in sides)
    return Frames(levels, gains)


def _members() -> Tensor:
    return torch.from_numpy(members())
