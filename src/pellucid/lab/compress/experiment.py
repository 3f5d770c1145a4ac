"""The experiment from folders of pictures to a page: arms that are missing are trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from pellucid.bench.report import describe_machine
from pellucid.bench.suite import Tests
from pellucid.lab.compress.arms import ARMS
from pellucid.lab.compress.judged import JUDGED, judge, method_of
from pellucid.lab.compress.lossless import shipped
from pellucid.lab.compress.outcome import Measured
from pellucid.lab.compress.page import page
from pellucid.lab.compress.plots import draw
from pellucid.lab.compress.solver import Plan, Solver
from pellucid.lab.journal import Journal
from pellucid.training.dataset import Dataset

LOG, PAGE, FIGURE = "compress.jsonl", "compress.md", "compress.png"
TESTED = "compress-tested.jsonl"


def open_journal(out: Path, plan: Plan, dataset: Dataset, name: str = LOG) -> Journal:
    """What is done so far. Raises RecipeError when it is of other data, or of other steps."""
    out.mkdir(parents=True, exist_ok=True)
    head = {
        "recipe": plan.base.name, "seed": plan.base.seed, "data": dataset.digest,
        "steps": plan.whole, "tune": plan.tune,
    }  # fmt: skip
    return Journal(out / name, head)


def learn(
    journal: Journal,
    plan: Plan,
    dataset: Dataset,
    names: Sequence[str],
    on_arm: Callable[[Measured, int], None],
) -> None:
    """Measure the arms that are missing, in their order; each is kept as soon as it is done.

    on_arm: is told of each, and how many are left.
    """
    torch.set_num_threads(1)  # so that the same command gives the same numbers
    solver = Solver(plan, dataset, ARMS)
    done = {one.arm for one in known(journal)}
    missing = [name for name in names if name not in done]
    for index, name in enumerate(missing, 1):
        measured = solver.measure(name)
        journal.add(asdict(measured))
        on_arm(measured, len(missing) - index)


def test(
    tested: Journal, journal: Journal, plan: Plan, dataset: Dataset, tests: Tests
) -> Iterator[str]:
    """Judge those of `JUDGED` that are trained and not judged yet; gives their names."""
    torch.set_num_threads(1)
    solver = Solver(plan, dataset, ARMS)
    done = {row["arm"] for row in tested.rows}
    for name in (one.arm for one in known(journal) if one.arm in JUDGED and one.arm not in done):
        tested.add(judge(tests, method_of(name, solver.kept(name))))
        yield name


def known(journal: Journal) -> list[Measured]:
    """All that were measured, in the order of `ARMS`."""
    found = [Measured(**row) for row in journal.rows]
    return sorted(found, key=lambda one: list(ARMS).index(one.arm))


def write_page(
    out: Path, journal: Journal, tested: Journal, data: str, command: str
) -> Path | None:
    """The page and its figure, if anything was measured. data: what was learned from, in words."""
    found = known(journal)
    if not found:
        return None
    draw(found, out / FIGURE, command)
    told = page(found, shipped(), tested.rows, (data, command, describe_machine()))
    (out / PAGE).write_text(told, encoding="utf-8")
    return out / PAGE
