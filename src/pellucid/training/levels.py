"""After the shared training: a network of its own for each level of the gate.

Clean, lightly and hard-coded pictures want different things of ten thousand weights. The gate
has learned to tell them apart; now each level's copy goes on alone, on the pictures it will get.
No multiply-accumulate more: a picture still goes through one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pellucid.training.batches import Batches
from pellucid.training.dataset import CLIP, LEFT_OUT, Dataset
from pellucid.training.quantise import levels_of, quantise
from pellucid.training.recipe import Recipe
from pellucid.training.train import Report, Training
from pellucid.video.gate import Gate
from pellucid.video.integer import GatedNetwork, IntegerNetwork

RATE_SHARE = 1 / 2  # of the recipe's learning rate: the copies begin near their end


def part_levels(
    shared: Training, dataset: Dataset, folder: Path, on_step: Callable[[Report], None]
) -> GatedNetwork:
    """The gated network of a finished training, each level trained on for `level_steps`.

    Checkpoints lie in the folder, one a level. Raises RecipeError when they are another run's.
    """
    gate = shared.averaged.gate
    assert gate is not None
    networks = tuple(
        _own(shared, at_level(dataset, shared, level), level, folder, on_step)
        for level in range(shared.recipe.levels)
    )
    return GatedNetwork(Gate(*gate.in_integers()), networks)


def at_level(dataset: Dataset, shared: Training, level: int) -> Dataset:
    """The same with only the patches of one level to train on."""
    traces = torch.from_numpy(dataset.traces.astype(np.float32))
    others = levels_of(shared.averaged, traces).numpy() != level
    group = np.where(others & (dataset.group <= CLIP), LEFT_OUT, dataset.group).astype(np.int8)
    return replace(dataset, group=group, digest=f"{dataset.digest} level {level}")


def _own(
    shared: Training,
    dataset: Dataset,
    level: int,
    folder: Path,
    on_step: Callable[[Report], None],
) -> IntegerNetwork:
    start = shared.averaged.at(level)
    if not (dataset.group <= CLIP).any():  # little data, and none of it at this level
        return quantise(start, shared.steps_of_layers).networks[0]
    training = Training(_recipe(shared.recipe), Batches(dataset, _recipe(shared.recipe)))
    training.start_from(start)
    checkpoint = folder / f"checkpoint-{level}.pt"
    if checkpoint.exists():
        training.load(checkpoint)

    def note(report: Report) -> None:
        training.save(checkpoint)
        on_step(report)

    training.run(note)
    if not training.steps_of_layers:
        training.measure()
    return quantise(training.averaged, training.steps_of_layers).networks[0]


def _recipe(recipe: Recipe) -> Recipe:
    rate, steps = recipe.learning_rate * RATE_SHARE, recipe.level_steps
    alone = replace(recipe, levels=1, level_steps=0, strength=(1.0,))
    return replace(alone, steps=steps, learning_rate=rate)
