"""The experiment from folders of pictures to a page: rungs that are missing are trained."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from pellucid.bench.report import describe_machine
from pellucid.lab.journal import Journal
from pellucid.lab.size.geometry import slices_of
from pellucid.lab.size.outcome import Measured, sizes
from pellucid.lab.size.page import page
from pellucid.lab.size.plots import draw
from pellucid.lab.size.problem import FACTOR, Rung
from pellucid.lab.size.solver import measure
from pellucid.training.dataset import CLIP, STILL, Dataset, Progress, make_dataset
from pellucid.training.recipe import Recipe
from pellucid.training.run import Place
from pellucid.training.sources import find_sources

LOG, PAGE, FIGURE = "size.jsonl", "size.md", "size.png"


@dataclass(frozen=True)
class Done:
    """A rung is measured. left: how many are not; seconds_left: at the pace so far.

    Pace is time per parameter times step: what a training takes grows with both.
    """

    measured: Measured
    left: int
    seconds_left: float


def data(base: Recipe, place: Place, on_data: Progress) -> Dataset:
    """The pairs that all rungs learn from, made once in the place's folder."""
    place.folder.mkdir(parents=True, exist_ok=True)
    return make_dataset(
        replace(base, factor=FACTOR), find_sources(place.data), place.folder, on_data
    )


def open_journal(out: Path, base: Recipe, dataset: Dataset) -> Journal:
    """What is done so far. Raises RecipeError when it is of other data or another recipe."""
    out.mkdir(parents=True, exist_ok=True)
    return Journal(out / LOG, {"recipe": base.name, "data": dataset.digest})


def learn(
    journal: Journal,
    base: Recipe,
    dataset: Dataset,
    ladder: Sequence[Rung],
    on_rung: Callable[[Done], None],
) -> None:
    """Measure what is missing, the smallest first; each rung is kept as soon as it is done."""
    torch.set_num_threads(1)  # so that the same command gives the same numbers
    slices = slices_of(dataset)
    done = {one.rung for one in known(journal)}
    missing = [rung for rung in ladder if rung not in done]
    start = time.monotonic()
    for index, rung in enumerate(missing, 1):
        measured = measure(rung, base, dataset, slices)
        journal.add(asdict(measured))
        past, coming = _work(missing[:index]), _work(missing[index:])
        seconds = (time.monotonic() - start) / past * coming
        on_rung(Done(measured, len(missing) - index, seconds))


def known(journal: Journal) -> list[Measured]:
    """All that were measured, in their order."""
    return [Measured(**row) for row in journal.rows]


def write_page(out: Path, journal: Journal, dataset: Dataset, command: str) -> Path | None:
    """The page and its figure, if anything was measured."""
    found = sizes(known(journal))
    if not found:
        return None
    draw(found, out / FIGURE, command)
    told = page(found, described(dataset), command, describe_machine())
    (out / PAGE).write_text(told, encoding="utf-8")
    return out / PAGE


def described(dataset: Dataset) -> str:
    """What there was to learn from, in words."""
    groups = {"stills and screens": STILL, "clips": CLIP}
    of = {name: np.unique(dataset.source[dataset.group == group]).size
          for name, group in groups.items()}  # fmt: skip
    patches = int(np.isin(dataset.group, list(groups.values())).sum())
    return f"{patches:,} pairs from {' and '.join(f'{count} {name}' for name, count in of.items())}"


def _work(rungs: Sequence[Rung]) -> float:
    """About; a step's fixed cost counts as some thousand parameters."""
    return float(sum(one.steps * (5000 + 9 * one.depth * one.width**2) for one in rungs))
