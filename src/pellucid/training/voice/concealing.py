"""The concealer's task: voices with holes, filled as a stream would, against what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.audio.files import write_sound
from pellucid.audio.filler import BACK, FADED, Filler, as_guessed, rise, share_of
from pellucid.audio.session import Array
from pellucid.audio.spectrogram import draw_spectrograms
from pellucid.audio.stft import hop_of
from pellucid.bench.masks import Lost, read_masks
from pellucid.frames import Samples
from pellucid.training.nets.conceal import ConcealNet
from pellucid.training.voice.export import concealer_to_onnx, macs_of_recurrent
from pellucid.training.voice.harm import equalise
from pellucid.training.voice.losing import gilbert_elliott
from pellucid.training.voice.losses import concealed_loss
from pellucid.training.voice.mixing import leveled, piece
from pellucid.training.voice.recipe import ConcealRecipe
from pellucid.training.voice.sounds import Sounds, load_sounds
from pellucid.training.voice.spectra import to_samples

RATE = 16_000
BATCHES = 4  # of held-out pieces
SEEN = 3  # that are drawn and written
MASKS = "loss*.csv"  # below the folders
LEAD = 20  # hops that always come
TITLES = ("guessed", "concealed", "whole")
NONE = np.zeros(1, np.float32)


@dataclass(frozen=True, eq=False)
class Holes:
    """Pieces with holes, float32 but for `touched`.

    whole, guessed, base: (B, L), as sent, with the bare guess, and as heard less what a network
    adds. kept: (B, L), the share of that which the sound that comes again leaves. frames: (T, B,
    rows, bins), what it sees. shares: (T, B), of what it makes that is heard, 0 where nothing was
    lost or all has sunk. touched: bool (T, B), where a network is heard.
    """

    whole: Tensor
    guessed: Tensor
    base: Tensor
    kept: Tensor
    frames: Tensor
    shares: Tensor
    touched: Tensor


class Concealing:
    """See `train.Task` and `run.Shown`."""

    kind = "voice-conceal"
    summary = "goes on where packets are lost, causal, no delay"

    def __init__(self, recipe: ConcealRecipe, folders: Sequence[Path]) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.net = recipe, ConcealNet(recipe.hidden)
        self._sounds = load_sounds(folders, RATE, held_out=False)
        self._masks = read_masks(path for folder in folders for path in folder.rglob(MASKS))
        self.digest = f"{self._sounds.digest} {len(self._masks)}"
        held_out = load_sounds(folders, RATE, held_out=True)
        self._held_out = [self._batch(held_out, step) for step in range(BATCHES)]

    def loss(self, step: int) -> Tensor:
        """Of the network as it is, on this step's pieces."""
        holes = self._batch(self._sounds, step)
        return concealed_loss(_heard(self.net, holes), holes.whole, holes.touched)

    def scores(self, net: nn.Module) -> dict[str, float]:
        """The loss on held-out pieces, of the network and of the bare guess."""
        net.eval()
        with torch.no_grad():
            made = [(_heard(net, holes), holes) for holes in self._held_out]
            ways = {
                "guessed": [concealed_loss(h.guessed, h.whole, h.touched) for _, h in made],
                "concealed": [concealed_loss(m, h.whole, h.touched) for m, h in made],
            }
        return {f"{name} loss": round(float(sum(v)) / BATCHES, 4) for name, v in ways.items()}

    def show(self, net: nn.Module, folder: Path) -> None:
        """Spectrograms and sounds of some: guessed, concealed, whole."""
        holes, rows = self._held_out[0], []
        with torch.no_grad():
            made = _heard(net.eval(), holes)
        for number in range(min(SEEN, len(made))):
            sounds = [np.asarray(s[number]) for s in (holes.guessed, made, holes.whole)]
            rows.append(sounds)
            for name, sound in zip(TITLES, sounds, strict=True):
                write_sound(folder / f"{number}-{name}.wav", sound[None], RATE)
        draw_spectrograms(folder / "spectrograms.png", rows, TITLES, RATE)

    def export(self, net: nn.Module) -> bytes:
        """The ONNX model."""
        assert isinstance(net, ConcealNet)
        return concealer_to_onnx(net)

    def macs(self, net: nn.Module) -> int:
        """For a second of sound."""
        return macs_of_recurrent(net)

    def _batch(self, sounds: Sounds, step: int) -> Holes:
        seeds = [[self.recipe.seed, step, item] for item in range(self.recipe.batch)]
        pieces = [self._piece(np.random.default_rng(seed), sounds) for seed in seeds]
        columns = list(zip(*pieces, strict=True))
        samples = [torch.from_numpy(np.stack(column)) for column in columns[:4]]
        steps = [torch.from_numpy(np.stack(column, axis=1)) for column in columns[4:]]
        return Holes(*samples, *steps)

    def _piece(self, rng: np.random.Generator, sounds: Sounds) -> tuple[Any, ...]:
        recipe = self.recipe
        whole = self._sound(rng, sounds)
        whole, _ = leveled(whole, whole, 10 ** (rng.uniform(*recipe.level) / 20))
        return with_holes(whole, self._lost(rng, round(recipe.seconds * 100)))

    def _sound(self, rng: np.random.Generator, sounds: Sounds) -> Samples:
        """Speech, mostly in some noise, now and then music."""
        recipe, size = self.recipe, round(self.recipe.seconds * RATE)
        music = bool(sounds.music) and rng.random() < recipe.music
        sound = piece(rng, sounds.music if music else sounds.speech, size)
        if rng.random() < recipe.equal:
            sound = equalise(rng, sound, RATE)
        if rng.random() < recipe.noise:
            noise = piece(rng, sounds.noise, size)
            level = np.sqrt(np.square(sound).mean() / max(np.square(noise).mean(), 1e-9))
            sound = sound + noise * np.float32(level * 10 ** (-rng.uniform(*recipe.snr) / 20))
        return sound

    def _lost(self, rng: np.random.Generator, hops: int) -> Lost:
        """Hops that are lost, in packets of one or of two."""
        a_packet = int(rng.integers(1, 3))
        packets = -(-hops // a_packet)
        recorded = bool(self._masks) and rng.random() < self.recipe.recorded
        packets_lost = self._recorded(rng, packets) if recorded else gilbert_elliott(rng, packets)
        lost: Lost = np.repeat(packets_lost, a_packet)[:hops]
        lost[:LEAD] = False
        return lost

    def _recorded(self, rng: np.random.Generator, packets: int) -> Lost:
        mask = np.resize(self._masks[int(rng.integers(len(self._masks)))], packets)
        return np.roll(mask, int(rng.integers(packets)))


def with_holes(whole: Samples, lost: Lost) -> tuple[Any, ...]:
    """Whole, guessed, base, kept, frames, shares and touched of one piece, see `Holes`."""
    hop, seen = hop_of(RATE), list[Array]()

    def watch(frames: Array, state: Array) -> tuple[Array, Array]:
        seen.append(frames)
        return as_guessed(frames, state)

    filler, heard = Filler(watch, NONE, RATE), []
    edges = np.flatnonzero(np.diff(lost)) + 1
    for run in np.split(np.arange(lost.size), edges):
        part = whole[run[0] * hop : (run[-1] + 1) * hop]
        heard.append(filler.lost(run.size) if lost[run[0]] else filler.came(part))
    guessed, frames = np.concatenate(heard), np.concatenate(seen)
    shares = _shares(lost)
    added = as_guessed(frames, NONE)[0] * shares[:, None, None]
    kept = _kept(lost)
    base = guessed - kept * _put(torch.from_numpy(added)[:, None]).numpy()[0]
    touched = shares > 0
    touched[1:] |= touched[:-1]
    return whole[: base.size], guessed, base, kept, frames, shares, touched


def _kept(lost: Lost) -> Array:
    """Of what is made, faded out over `BACK` where sound comes again."""
    kept = np.ones((lost.size, hop_of(RATE)), np.float32)
    fall = 1 - rise(round(BACK * RATE))
    again = np.flatnonzero(lost[:-1] & ~lost[1:]) + 1
    kept[again, : fall.size], kept[again, fall.size :] = fall, 0
    return kept.reshape(-1)


def _shares(lost: Lost) -> Array:
    shares, since = np.zeros(lost.size, np.float32), 0
    for hop, missing in enumerate(lost):
        since = since + 1 if missing else 0
        shares[hop] = share_of(since, FADED) if missing else 0
    return shares


def _heard(net: nn.Module, holes: Holes) -> Tensor:
    """What a network makes of pieces with holes, float32 (B, L)."""
    assert isinstance(net, ConcealNet)
    made, _ = net(holes.frames, net.start(holes.frames.shape[1]))
    return holes.base + holes.kept * _put(made * holes.shares[:, :, None, None])


def _put(spectra: Tensor) -> Tensor:
    """Spectra (T, B, 2, bins), of windows that begin with their hop, to samples (B, T * hop)."""
    nothing = torch.zeros_like(spectra[:1])
    return to_samples(torch.cat([nothing, spectra]), RATE)
