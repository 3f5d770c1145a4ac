"""The experiment from nothing to a page: what is missing is done, the rest is read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from pellucid.bench.report import describe_machine
from pellucid.lab.journal import Journal
from pellucid.lab.pieces import plots
from pellucid.lab.pieces.page import page
from pellucid.lab.pieces.tasks import Effort, Found, Task, tasks

LOG, PAGE = "pieces.jsonl", "pieces.md"


@dataclass(frozen=True)
class Progress:
    """A task is done. left: how many are not; seconds_left: at the pace so far."""

    task: Task
    left: int
    seconds_left: float


def open_journal(folder: Path, effort: Effort) -> Journal:
    """What is done so far. Raises RecipeError when it is of another effort, or damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    return Journal(folder / LOG, asdict(effort))


def learn(
    journal: Journal, effort: Effort, parts: Sequence[str], on_task: Callable[[Progress], None]
) -> None:
    """Do what is missing of these parts; each task is kept as soon as it is done."""
    torch.set_num_threads(1)
    done = {(row["part"], row["name"]) for row in journal.rows}
    missing = [t for t in tasks(effort) if t.part in parts and (t.part, t.name) not in done]
    start = time.monotonic()
    for index, task in enumerate(missing, 1):
        journal.add({"part": task.part, "name": task.name, "found": task.run()})
        left = len(missing) - index
        on_task(Progress(task, left, (time.monotonic() - start) / index * left))


def write_page(folder: Path, journal: Journal, effort: Effort, command: str) -> Path:
    """The page and its figures, of the parts of which something is done."""
    found = by_part(journal)
    for part, rows in found.items():
        plots.DRAWINGS[part](rows, folder / f"pieces-{part}.png", command)
    text = page(found, effort, command, describe_machine())
    (folder / PAGE).write_text(text, encoding="utf-8")
    return folder / PAGE


def by_part(journal: Journal) -> Mapping[str, list[Found]]:
    """What was found, in the order in which it was done."""
    found: dict[str, list[Found]] = {}
    for row in journal.rows:
        found.setdefault(row["part"], []).append(row["found"])
    return found
