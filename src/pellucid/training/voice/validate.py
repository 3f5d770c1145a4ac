"""How a denoiser does on held-out voices, and what it draws and writes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from pellucid.audio.files import write_sound
from pellucid.audio.spectrogram import draw_spectrograms
from pellucid.training.nets.denoise import DenoiseNet
from pellucid.training.voice.losses import si_sdr
from pellucid.training.voice.mixing import Mixer
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.sounds import Sounds
from pellucid.training.voice.spectra import to_samples, to_spectra

BATCHES = 4
SEEN = 3  # mixtures that are drawn and written


class HeldOut:
    """Mixtures of sounds that training never sees, the same each time."""

    def __init__(self, sounds: Sounds, recipe: DenoiseRecipe) -> None:
        mixer = Mixer(sounds, recipe)
        self._rate = sounds.sample_rate
        self._batches = [mixer.batch(step) for step in range(BATCHES)]

    def scores(self, net: DenoiseNet) -> dict[str, float]:
        """Mean SI-SDR in dB, of the mixtures and of what the network makes of them."""
        pairs = [(mixed, clean, self._clean(net, mixed)) for mixed, clean in self._batches]
        noisy = [si_sdr(mixed, clean) for mixed, clean, _ in pairs]
        cleaned = [si_sdr(made, clean[:, : made.shape[1]]) for _, clean, made in pairs]
        both = {"noisy": noisy, "cleaned": cleaned}
        return {f"{name} SI-SDR": round(float(sum(v)) / BATCHES, 3) for name, v in both.items()}

    def show(self, net: DenoiseNet, folder: Path) -> None:
        """Spectrograms and sounds of some: as mixed, cleaned, clean."""
        mixed, clean = (side[:SEEN] for side in self._batches[0])
        made = self._clean(net, mixed)
        rows = []
        for number, sounds in enumerate(zip(mixed, made, clean, strict=True)):
            rows.append([np.asarray(sound[: made.shape[1]]) for sound in sounds])
            for name, sound in zip(("mixed", "cleaned"), rows[-1], strict=False):
                write_sound(folder / f"{number}-{name}.wav", sound[None], self._rate)
        draw_spectrograms(
            folder / "spectrograms.png", rows, ("mixed", "cleaned", "clean"), self._rate
        )

    def _clean(self, net: DenoiseNet, mixed: Tensor) -> Tensor:
        net.eval()
        with torch.no_grad():
            made, _ = net(to_spectra(mixed, self._rate), net.start(len(mixed)))
        return to_samples(made, self._rate)


def draw_curves(log: Sequence[dict[str, Any]], path: Path) -> None:
    """Loss and held-out SI-SDR by step, as a PNG."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    loss, ratio = figure.subplots(1, 2)
    loss.plot([row["step"] for row in log], [row["loss"] for row in log])
    loss.set(xlabel="step", ylabel="loss")
    for key in log[-1]["scores"]:
        ratio.plot([row["step"] for row in log], [row["scores"][key] for row in log], label=key)
    ratio.set(xlabel="step", ylabel="dB, held-out voices")
    ratio.legend()
    figure.savefig(path, dpi=100)
