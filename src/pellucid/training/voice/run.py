"""One run of a voice recipe, from folders of sounds to a model file with its card.

The run's folder holds the checkpoint, log.jsonl, the curves, spectrograms and sounds of held-out
voices; started again in the same folder it goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from torch import nn

from pellucid.artifact import Card
from pellucid.audio.model import write_voice
from pellucid.errors import RecipeError
from pellucid.training.memory import keep_freed_memory
from pellucid.training.voice.classifying import Classifying
from pellucid.training.voice.cleaning import Cleaning
from pellucid.training.voice.concealing import Concealing
from pellucid.training.voice.plots import draw_curves
from pellucid.training.voice.recipe import (
    ClassifyRecipe,
    DenoiseRecipe,
    ExtendRecipe,
    VoiceRecipe,
)
from pellucid.training.voice.train import Report, Task, Training
from pellucid.training.voice.widening import Widening

LOG = "log.jsonl"


class Shown(Task, Protocol):
    """A task that can also tell how it does, and what it made."""

    @property
    def kind(self) -> str:
        """Of the model file."""

    @property
    def summary(self) -> str:
        """For the card."""

    def scores(self, net: nn.Module) -> dict[str, float]:
        """On sounds that training never sees, the same each time."""

    def show(self, net: nn.Module, folder: Path) -> None:
        """Write pictures and sounds of some of them."""

    def export(self, net: nn.Module) -> bytes:
        """The ONNX model."""

    def macs(self, net: nn.Module) -> int:
        """For a second of sound."""


def make_task(recipe: VoiceRecipe, data: Sequence[Path]) -> Shown:
    """What a recipe asks for, its sounds loaded. Raises MediaError where there are too few."""
    if isinstance(recipe, DenoiseRecipe):
        return Cleaning(recipe, data)
    if isinstance(recipe, ExtendRecipe):
        return Widening(recipe, data)
    if isinstance(recipe, ClassifyRecipe):
        return Classifying(recipe, data)
    return Concealing(recipe, data)


def train_voice_net(
    task: Shown, folder: Path, on_step: Callable[[Report], None], start: Sequence[Path] = ()
) -> nn.Module:
    """Train, or go on, in a run's folder. Returns the network.

    start: other runs' checkpoints, whose weights' mean a new run begins with, and ends with where
    its recipe has no steps. Raises RecipeError when they do not fit or none is there for no steps,
    or when the folder holds a run of another recipe or of other data.
    """
    keep_freed_memory()
    folder.mkdir(parents=True, exist_ok=True)
    training = Training(task)
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    elif start:
        training.begin_with(start)
    elif not training.recipe.steps:
        raise RecipeError("steps: a recipe without any takes its weights from --start")
    log = [row for row in _read_log(folder / LOG) if row["step"] <= training.step]

    def note(report: Report) -> None:
        log.append({**asdict(report), "scores": task.scores(training.averaged)})
        (folder / LOG).write_text("".join(json.dumps(row) + "\n" for row in log))
        draw_curves(log, folder / "curves.png")
        task.show(training.averaged, folder)
        training.save(checkpoint)
        on_step(report)

    training.run(note)
    return training.averaged


def write_voice_net(path: Path, task: Shown, net: nn.Module, card: Card) -> None:
    """Write the model file; what follows from the task is filled into the card."""
    filled = replace(
        card,
        kind=task.kind,
        summary=task.summary,
        parameters=sum(p.numel() for p in net.parameters()),
        macs=task.macs(net),
        macs_for="one second of sound",
        scores={"held out": task.scores(net), **card.scores},
    )
    write_voice(path, task.export(net), filled)


def _read_log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
