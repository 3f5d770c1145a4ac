"""The experiment: a shipped denoiser, made smaller in each way, and the page of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from pellucid.audio.model import read_voice
from pellucid.bench.report import describe_machine
from pellucid.lab.coding.outcome import Measured
from pellucid.lab.coding.page import page
from pellucid.lab.coding.problem import mixtures
from pellucid.lab.coding.solver import measure
from pellucid.training.voice.recipe import DenoiseRecipe

DATA, PAGE = "coding.json", "coding.md"


def run(
    model: Path,
    recipe: DenoiseRecipe,
    source: tuple[Sequence[Path], int],
    out: tuple[Path, str],
    on_way: Callable[[Measured], None],
) -> Path:
    """source: folders of sounds, and how many batches. out: the folder to write, the command."""
    torch.set_num_threads(1)
    folder, command = out
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for one in measure(model, mixtures(recipe, *source)):
        found.append(one)
        on_way(one)
    (folder / DATA).write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    told = (model.stem, read_voice(model)[1].macs, command, describe_machine())
    (folder / PAGE).write_text(page(found, told))
    return folder / PAGE
