"""One run of a recipe, from folders of pictures to a model file with its card.

Everything lies in the run's folder: the patches, the checkpoint, log.jsonl, the pictures, and at
the end NAME.safetensors. Started again in the same folder it goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from pellucid.artifact import Card, write
from pellucid.errors import RecipeError
from pellucid.training.batches import Batches
from pellucid.training.dataset import Progress, make_dataset, part_of
from pellucid.training.levels import part_levels
from pellucid.training.memory import keep_freed_memory
from pellucid.training.nets.plain import PlainNet
from pellucid.training.plots import draw_curves, draw_strips
from pellucid.training.quantise import quantise
from pellucid.training.recipe import Recipe
from pellucid.training.sources import find_sources
from pellucid.training.train import Report, Training
from pellucid.training.validate import HeldOut, held_out, integer_scores, scores
from pellucid.video.integer import Network
from pellucid.video.model import CARD_SIZE, pack, with_strength
from pellucid.video.traces import FEATURES

MAX_PARAMETERS = 33_999  # below 34,000, 1 % of MobileNetV2
MAX_MACS = 2 * 10**9 - 1  # below 2 GMAC for CARD_SIZE
CALLS = "x2 luma for call video, trained through real codecs"
NO_CALLS = "x2 luma for pictures that were never coded"
LOG = "log.jsonl"
SCORE_EVERY = 5000  # steps; validation takes as long as a hundred


@dataclass(frozen=True)
class Place:
    """Where a run reads and writes: folders of training pictures, and its own folder."""

    data: tuple[Path, ...]
    folder: Path


@dataclass(frozen=True)
class Provenance:
    """What a card says of where a model comes from: its data, their licence, the command."""

    data: str
    data_licence: str
    command: str


def train(
    recipe: Recipe,
    place: Place,
    on_data: Progress,
    on_step: Callable[[Report], None],
    share: float = 1.0,
) -> tuple[Network, dict[str, Any]]:
    """Make the data, train, quantise. Returns the network and its held-out scores in dB.

    share: of the stills and clips to train on, above 0; for asking how much data is enough.
    Raises MediaError when the folders hold no pictures, RecipeError when the folder holds a run
    of another recipe. What a network may cost is `check_budget`'s affair.
    """
    keep_freed_memory()
    place.folder.mkdir(parents=True, exist_ok=True)
    dataset = make_dataset(recipe, find_sources(place.data), place.folder, on_data)
    if share < 1:
        dataset = part_of(dataset, share, recipe.seed)
    training = Training(recipe, Batches(dataset, recipe))
    checkpoint = place.folder / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    diary = Diary(place.folder, held_out(dataset), training, on_step)
    training.run(diary.note)
    network, held = _finish(training), diary.score()
    if recipe.level_steps:
        network = part_levels(training, dataset, place.folder, on_step)
        held |= integer_scores(held_out(dataset), network)
    return with_strength(network, recipe.strength), held


class Diary:
    """Writes down how a training goes: checkpoint, log, curves, strips."""

    def __init__(
        self,
        folder: Path,
        patches: HeldOut,
        training: Training,
        on_step: Callable[[Report], None],
    ) -> None:
        self._folder, self._patches, self._training = folder, patches, training
        self._on_step = on_step
        self._log = read_log(folder, training.step)

    def note(self, report: Report) -> None:
        """Take note of a report; called by the training now and then."""
        row: dict[str, Any] = asdict(report)
        due = report.step % SCORE_EVERY == 0 or report.step == report.steps
        if due:
            row["scores"] = self.score()
        self._log.append(row)
        write_log(self._folder, self._log)
        if due:
            self._draw(report.step)
        self._training.save(self._folder / "checkpoint.pt")
        self._on_step(report)

    def score(self) -> dict[str, float]:
        """Held-out PSNR of the averaged network as it is now."""
        return scores(self._patches, self._training.averaged, self._training.steps_of_layers)

    def _draw(self, step: int) -> None:
        draw_curves(self._log, self._folder / "curves.png")
        if self._patches.groups:
            draw_strips(self._patches, self._training.averaged, self._folder / "strips.png")


def read_log(folder: Path, step: int) -> list[dict[str, Any]]:
    """A run's log up to the step of its checkpoint; what was reported after it will come again."""
    path = folder / LOG
    lines = path.read_text().splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["step"] <= step]


def write_log(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Write it anew, whole or not at all."""
    partial = folder / f"{LOG}.partial"
    partial.write_text("".join(json.dumps(row) + "\n" for row in rows))
    partial.replace(folder / LOG)


def use_threads(count: int) -> None:
    """Train on that many threads; all cores otherwise."""
    torch.set_num_threads(count)


def check_budget(recipe: Recipe) -> None:
    """Raise RecipeError for a network that costs more than a call may: see the two constants."""
    net = PlainNet(recipe.shape)
    folded, parameters = net.folded(), sum(p.numel() for p in net.parameters())
    if recipe.level_steps:  # the levels part
        own = sum(p.numel() for p in net.at(0).parameters())
        parameters = recipe.levels * (own + FEATURES + 1)
    cells = CARD_SIZE[0] * CARD_SIZE[1] // recipe.factor**2
    macs = cells * sum(weight.numel() for weight, _ in folded)
    if parameters > MAX_PARAMETERS or macs > MAX_MACS:
        raise RecipeError(
            f"{recipe.name}: expected at most {MAX_PARAMETERS:,} parameters and {MAX_MACS:,} MACs "
            f"for {CARD_SIZE[1]}x{CARD_SIZE[0]}, got {parameters:,} and {macs:,}"
        )


def write_model(
    path: Path,
    recipe: Recipe,
    network: Network,
    origin: Provenance,
    measured: dict[str, Any],
) -> None:
    """Write the model file, its card filled in."""
    card = Card(
        name=recipe.name,
        summary=NO_CALLS if recipe.clean_share == 1 else CALLS,
        data=origin.data,
        data_licence=origin.data_licence,
        command=origin.command,
        scores=measured,
    )
    write(path, pack(network, card))


def _finish(training: Training) -> Network:
    if not training.steps_of_layers:  # a recipe without a quantised phase
        training.measure()
    return quantise(training.averaged, training.steps_of_layers)
