"""One run of a voice recipe, from folders of sounds to a model file with its card.

The run's folder holds the checkpoint, log.jsonl, the curves, spectrograms and sounds of held-out
mixtures; started again in the same folder it goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pellucid.artifact import Card
from pellucid.audio.model import write_voice
from pellucid.training.memory import keep_freed_memory
from pellucid.training.nets.denoise import DenoiseNet
from pellucid.training.voice.export import macs_a_second, to_onnx
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.sounds import load_sounds
from pellucid.training.voice.train import DenoiseTraining, Report
from pellucid.training.voice.validate import HeldOut, draw_curves

KIND = "voice-denoise"
SUMMARY = "takes the noise out of a voice at 16 kHz, causal, 20 ms"
SAMPLE_RATE = 16_000
LOG = "log.jsonl"


def train_denoiser(
    recipe: DenoiseRecipe, data: tuple[Path, ...], folder: Path, on_step: Callable[[Report], None]
) -> tuple[DenoiseNet, dict[str, Any]]:
    """Train, or go on. Returns the network and its held-out scores.

    Raises MediaError when the folders hold no voices or no noise, RecipeError when the run's
    folder holds a run of another recipe or of other data.
    """
    keep_freed_memory()
    folder.mkdir(parents=True, exist_ok=True)
    training = DenoiseTraining(recipe, load_sounds(data, SAMPLE_RATE, held_out=False))
    held_out = HeldOut(load_sounds(data, SAMPLE_RATE, held_out=True), recipe)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    log = [row for row in _read_log(folder / LOG) if row["step"] <= training.step]

    def note(report: Report) -> None:
        log.append({**asdict(report), "scores": held_out.scores(training.averaged)})
        (folder / LOG).write_text("".join(json.dumps(row) + "\n" for row in log))
        draw_curves(log, folder / "curves.png")
        held_out.show(training.averaged, folder)
        training.save(checkpoint)
        on_step(report)

    training.run(note)
    return training.averaged, held_out.scores(training.averaged)


def write_denoiser(path: Path, net: DenoiseNet, card: Card) -> None:
    """Write the model file; what follows from the network is filled into the card."""
    filled = replace(
        card,
        kind=KIND,
        summary=SUMMARY,
        parameters=sum(p.numel() for p in net.parameters()),
        macs=macs_a_second(net),
        macs_for="one second of sound",
        settings={"sample_rate": SAMPLE_RATE},
    )
    write_voice(path, to_onnx(net), filled)


def _read_log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
