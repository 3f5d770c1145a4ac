"""The denoiser's task: mixtures, its loss, and how it does on voices that were held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.audio.files import write_sound
from pellucid.audio.spectrogram import draw_spectrograms
from pellucid.training.nets.denoise import DenoiseNet
from pellucid.training.voice.export import denoiser_to_onnx, macs_of_denoiser
from pellucid.training.voice.losses import denoise_loss, si_sdr
from pellucid.training.voice.mixing import Mixer
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.sounds import load_sounds
from pellucid.training.voice.spectra import to_samples, to_spectra

RATE = 16_000
BATCHES = 4  # of held-out mixtures
SEEN = 3  # mixtures that are drawn and written
TITLES = ("mixed", "cleaned", "clean")


class Cleaning:
    """See `train.Task` and `run.Shown`."""

    kind = "voice-denoise"
    summary = "takes the noise out of a voice, causal, 20 ms"

    def __init__(self, recipe: DenoiseRecipe, folders: Sequence[Path]) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        sounds = load_sounds(folders, RATE, held_out=False)
        self.net, self.digest = DenoiseNet(recipe.shape), sounds.digest
        self._mixer = Mixer(sounds, recipe)
        held_out = Mixer(load_sounds(folders, RATE, held_out=True), recipe)
        self._held_out = [held_out.batch(step) for step in range(BATCHES)]

    def loss(self, step: int) -> Tensor:
        """Of the network as it is, on this step's mixtures."""
        mixed, clean = self._mixer.batch(step)
        made, samples = _run(self.net, mixed)
        target = to_spectra(clean, RATE)
        fitting = clean[:, : samples.shape[1]]
        return denoise_loss(made, target, samples, fitting, self.recipe.missing)

    def scores(self, net: nn.Module) -> dict[str, float]:
        """Mean SI-SDR in dB of held-out mixtures, and of what the network makes of them."""
        noisy = [si_sdr(mixed, clean) for mixed, clean in self._held_out]
        made = [(_clean(net, mixed), clean) for mixed, clean in self._held_out]
        cleaned = [si_sdr(one, clean[:, : one.shape[1]]) for one, clean in made]
        both = {"noisy": noisy, "cleaned": cleaned}
        return {f"{name} SI-SDR": round(float(sum(v)) / BATCHES, 3) for name, v in both.items()}

    def show(self, net: nn.Module, folder: Path) -> None:
        """Spectrograms and sounds of some: as mixed, cleaned, clean."""
        mixed, clean = (side[:SEEN] for side in self._held_out[0])
        made, rows = _clean(net, mixed), []
        for number, sounds in enumerate(zip(mixed, made, clean, strict=True)):
            rows.append([np.asarray(sound[: made.shape[1]]) for sound in sounds])
            for name, sound in zip(TITLES[:2], rows[-1], strict=False):
                write_sound(folder / f"{number}-{name}.wav", sound[None], RATE)
        draw_spectrograms(folder / "spectrograms.png", rows, TITLES, RATE)

    def export(self, net: nn.Module) -> bytes:
        """The ONNX model."""
        assert isinstance(net, DenoiseNet)
        return denoiser_to_onnx(net)

    def macs(self, net: nn.Module) -> int:
        """For a second of sound."""
        assert isinstance(net, DenoiseNet)
        return macs_of_denoiser(net)


def _run(net: nn.Module, mixed: Tensor) -> tuple[Tensor, Tensor]:
    """The cleaned spectra, and the samples that are finished."""
    assert isinstance(net, DenoiseNet)
    made, _ = net(to_spectra(mixed, RATE), net.start(len(mixed)))
    return made, to_samples(made, RATE)


def _clean(net: nn.Module, mixed: Tensor) -> Tensor:
    net.eval()
    with torch.no_grad():
        return _run(net, mixed)[1]
