"""One run of such a recipe, from folders of pictures to a model file with its card.

Everything lies in the run's folder: places of two frames, checkpoint, log.jsonl, curves.png,
crops.png. Started again in the same folder it goes on where it stopped.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from pellucid.artifact import Card, find_model, write
from pellucid.training.adversarial.diagnostics import Health, collapse, examine
from pellucid.training.adversarial.generator import Generator
from pellucid.training.adversarial.moments import Moments, held_out, make_moments
from pellucid.training.adversarial.pictures import draw_crops, draw_curves
from pellucid.training.adversarial.recipe import AdversarialRecipe, Pictures, sources_of
from pellucid.training.adversarial.train import Report, Training
from pellucid.training.dataset import Progress
from pellucid.training.memory import keep_freed_memory
from pellucid.training.run import Place, Provenance, read_log, write_log
from pellucid.training.sources import find_sources
from pellucid.video.integer import Network
from pellucid.video.model import CALM, load, pack

REPORT_EVERY = 500
SUMMARY = "x2 luma for call video, trained on from {} for the eye"

Told = Callable[[Report, Health, list[str]], None]


def train_adversarial(
    recipe: AdversarialRecipe,
    pictures: Pictures,
    place: Place,
    on_data: Progress,
    on_step: Told,
) -> tuple[Network, Health, float]:
    """Make the data, train. Returns the integer network and how it does on held-out places.

    Last comes the PSNR there of the same weights before they are rounded to whole numbers, in dB.

    on_step: hears of each report, of the health then, and of every reason to call it collapsed.
    Raises MediaError, ArtifactError for a start that is not there, before any data is made, and
    RecipeError when the folder holds another run.
    """
    keep_freed_memory()
    start = load(find_model(recipe.start))[0]
    place.folder.mkdir(parents=True, exist_ok=True)
    sources = sources_of(recipe, find_sources(place.data))
    moments = make_moments(pictures, sources, place.folder, on_data)
    training = Training(recipe, start, moments)
    diary = Diary(place.folder, training, moments, on_step)
    training.run(diary.note, REPORT_EVERY)
    made = part_of_the_way(training)
    looks = {exact: diary.look(made, exact) for exact in (True, False)}
    return made.network(), looks[True], looks[False].psnr


def part_of_the_way(training: Training) -> Generator:
    """Each level its share of the way from the start to what was trained; noise as trained."""
    recipe, made = training.recipe, copy.deepcopy(training.averaged).eval()
    start = Generator(load(find_model(recipe.start))[0], recipe.codes)
    shares = recipe.shares(len(made.levels))
    with torch.no_grad():
        for own, calm, share in zip(made.levels, start.levels, shares, strict=True):
            for weight, first in zip(own.parameters(), calm.parameters(), strict=True):
                weight.copy_(first + share * (weight - first))
    return made


class Diary:
    """Writes down how a training goes: checkpoint, log, curves, crops."""

    def __init__(self, folder: Path, training: Training, moments: Moments, on_step: Told) -> None:
        self._folder, self._training, self._on_step = folder, training, on_step
        self._shown = held_out(moments, training.recipe.patch)
        self._start = copy.deepcopy(training.generator).eval()
        checkpoint = folder / "checkpoint.pt"
        if checkpoint.exists():
            training.load(checkpoint)
        self._log = read_log(folder, training.step)

    def note(self, report: Report) -> None:
        """Take note of a report; called by the training now and then."""
        recipe, net = self._training.recipe, self._training.averaged
        health = self.look(net, exact=report.quantised)
        reasons = collapse(health, recipe, report.parts["slope"]) if recipe.is_noisy else []
        self._log.append(asdict(report) | {"health": asdict(health), "collapse": reasons})
        write_log(self._folder, self._log)
        draw_curves(self._log, self._folder / "curves.png")
        draw_crops(net, self._start, self._shown, recipe, self._folder / "crops.png")
        self._training.save(self._folder / "checkpoint.pt")
        self._on_step(report, health, reasons)

    def look(self, net: Generator, exact: bool) -> Health:
        """How a generator does on held-out places."""
        own = self._training
        return examine(net, self._shown, own.textures, own.backbone, own.recipe, exact)


def write_vivid(
    path: Path,
    recipe: AdversarialRecipe,
    network: Network,
    origin: Provenance,
    measured: dict[str, Any],
) -> None:
    """Write the model file, its card filled in; the card names where strength 0 is.

    That is the start, or where the start itself was trained on from.
    """
    calm = load(find_model(recipe.start))[1].settings.get(CALM, recipe.start)
    card = Card(
        name=recipe.name,
        summary=SUMMARY.format(calm),
        data=origin.data,
        data_licence=origin.data_licence,
        command=origin.command,
        settings={CALM: calm},
        scores=measured,
    )
    write(path, pack(network, card))
