"""The extender's task: pieces whose upper band was taken away, and how loud it had been."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.audio.activity import Powers, power_of
from pellucid.audio.arrays import fitted
from pellucid.audio.files import write_sound
from pellucid.audio.spectrogram import draw_spectrograms
from pellucid.audio.stft import BIN_HZ, HOPS_A_SECOND, Istft, Stft, hop_of
from pellucid.audio.wide import GAPS, LEAST, fill, hearing, levels_above, levels_below, unit_noise
from pellucid.frames import Samples
from pellucid.training.nets.extend import ExtendNet
from pellucid.training.voice.export import extender_to_onnx, macs_of_recurrent
from pellucid.training.voice.harm import below, colour, low_pass
from pellucid.training.voice.powers import Pair, cut, other_pairs, speech_pairs, warped
from pellucid.training.voice.recipe import ExtendRecipe
from pellucid.training.voice.sounds import load_sounds

BATCHES = 4  # of held-out pieces
SEEN = 3  # pieces that are drawn and written
CUTOFFS = (0.85, 0.99)  # of the band's edge, where its filter ends
SHOWN = 3  # seconds
HISS_DB = (-95.0, -58.0)  # of full scale, of a microphone's own noise
TILT_DB = (-10.0, 3.0)  # of it, at the top of the band
FULL = 160.0**2  # power of a frame, all bins together, at full scale
TITLES = ("narrow", "extended", "whole")


Pairs = tuple[Pair, ...]


class Widening:
    """See `train.Task` and `run.Shown`."""

    kind = "voice-extend"

    def __init__(self, recipe: ExtendRecipe, folders: Sequence[Path]) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self._gap = recipe, GAPS[recipe.gap]
        edge, top = (bins * BIN_HZ / 1000 for bins in (self._gap.edge, self._gap.top))
        self.summary = f"gives a voice the band from {edge:g} to {top:g} kHz, causal, 29 ms"
        sounds = load_sounds(folders, self._gap.rate, held_out=False)
        self._sounds = speech_pairs(sounds, self._gap), other_pairs(sounds, self._gap)
        self._unseen = load_sounds(folders, self._gap.rate, held_out=True)
        self.net = ExtendNet(len(hearing(self._gap)), self._gap.bands, recipe.hidden)
        self.digest = sounds.digest
        held_out = speech_pairs(self._unseen, self._gap), other_pairs(self._unseen, self._gap)
        self._held_out = [self._batch(held_out, step) for step in range(BATCHES)]

    def loss(self, step: int) -> Tensor:
        """Pinball loss of the levels, in bels, on this step's pieces (Koenker 1978, eq. 2.1)."""
        heard, wanted = self._batch(self._sounds, step)
        missing = wanted - _levels(self.net, heard)
        share = self.recipe.quantile
        return torch.maximum(share * missing, (share - 1) * missing).mean()

    def scores(self, net: nn.Module) -> dict[str, float]:
        """Of the levels of held-out pieces: mean absolute error, and mean error, in dB."""
        net.eval()
        with torch.no_grad():
            errors = torch.stack([_levels(net, heard) - wanted for heard, wanted in self._held_out])
        sizes = {"level error": errors.abs(), "level bias": errors}
        return {name: round(10 * float(size.mean()), 3) for name, size in sizes.items()}

    def show(self, net: nn.Module, folder: Path) -> None:
        """Spectrograms and sounds of some: narrow, extended, whole."""
        rows = []
        for number in range(SEEN):
            narrow, whole = self._shown(number)
            rows.append([narrow, self._extended(net, narrow), whole])
            for name, sound in zip(TITLES, rows[-1], strict=True):
                write_sound(folder / f"{number}-{name}.wav", sound[None], self._gap.rate)
        draw_spectrograms(folder / "spectrograms.png", rows, TITLES, self._gap.rate)

    def export(self, net: nn.Module) -> bytes:
        """The ONNX model."""
        assert isinstance(net, ExtendNet)
        return extender_to_onnx(net, len(hearing(self._gap)))

    def macs(self, net: nn.Module) -> int:
        """For a second of sound."""
        return macs_of_recurrent(net)

    def _batch(self, sounds: tuple[Pairs, Pairs], step: int) -> tuple[Tensor, Tensor]:
        """Levels below and above, both float32 (T, batch, bands)."""
        seeds = [[self.recipe.seed, step, item] for item in range(self.recipe.batch)]
        pieces = [self._piece(np.random.default_rng(seed), *sounds) for seed in seeds]
        narrow, whole = (np.stack([piece[side] for piece in pieces], axis=1) for side in (0, 1))
        heard, wanted = levels_below(narrow, self._gap), levels_above(whole, self._gap)
        return torch.from_numpy(heard), torch.from_numpy(wanted)

    def _piece(
        self, rng: np.random.Generator, speech: Pairs, others: Pairs
    ) -> tuple[Powers, Powers]:
        """Powers of a piece without its upper band, and with it, (frames, bins)."""
        recipe = self.recipe
        pool = others if others and rng.random() < recipe.music else speech
        piece = cut(rng, pool, round(recipe.seconds * HOPS_A_SECOND))
        if rng.random() < recipe.warp:
            piece = warped(rng, piece)
        bins = piece.whole.shape[1]
        hertz = np.arange(bins) * BIN_HZ
        gain = np.full(bins, 10 ** (rng.uniform(*recipe.level) / 10) * FULL, np.float32)
        gain /= max(float(piece.whole.sum(1).mean()), LEAST)
        if rng.random() < recipe.equal:
            gain *= np.square(colour(rng, hertz)).astype(np.float32)
        coded = rng.random() < recipe.codec
        kept = np.square(below(hertz, rng.uniform(*CUTOFFS) * self._gap.edge_hz))
        narrow, whole = (piece.coded if coded else piece.whole) * gain, piece.whole * gain
        if not coded and rng.random() < recipe.hiss:
            added = _hiss(rng, whole.shape)
            narrow, whole = narrow + added, whole + added
        return narrow * kept.astype(np.float32), whole

    def _shown(self, number: int) -> tuple[Samples, Samples]:
        """A held-out voice without its upper band, and with it, float32 (L,)."""
        pool, size = self._unseen.speech, SHOWN * self._gap.rate
        whole = fitted(pool[number % len(pool)], size)
        return low_pass(whole, self._gap.rate, self._gap.edge_hz), whole

    def _extended(self, net: nn.Module, narrow: Samples) -> Samples:
        assert isinstance(net, ExtendNet)
        rate, scale = self._gap.rate, np.float32(160 / hop_of(self._gap.rate))
        spectra = Stft(rate, 1).push(narrow[None])
        heard = torch.from_numpy(levels_below(power_of(narrow, rate)[:, None], self._gap))
        with torch.no_grad():
            levels, _ = net.eval()(heard, net.start(1))
        noise = unit_noise(np.random.default_rng(0), len(levels), self._gap)
        high = fill(spectra[0] * scale, levels[:, 0].numpy(), noise, self._gap) / scale
        late = Istft(rate, 1, steep=True).push(high[None])[0, hop_of(rate) :]
        return narrow + np.pad(late, (0, narrow.size - late.size))


def _hiss(rng: np.random.Generator, shape: tuple[int, ...]) -> Powers:
    """Powers (frames, bins) of a microphone's own noise, which no band ends."""
    tilt = 10 ** (np.linspace(0, rng.uniform(*TILT_DB), shape[1]) / 10)
    level = FULL / shape[1] * 10 ** (rng.uniform(*HISS_DB) / 10)
    made: Powers = np.float32(level) * rng.standard_exponential(shape, np.float32)
    return made * tilt.astype(np.float32)


def _levels(net: nn.Module, heard: Tensor) -> Tensor:
    assert isinstance(net, ExtendNet)
    levels, _ = net(heard, net.start(heard.shape[1]))
    assert isinstance(levels, Tensor)
    return levels
