"""The experiment from folders of sounds to a page: what is missing is trained, the rest is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from pellucid.bench.report import describe_machine
from pellucid.errors import RecipeError
from pellucid.lab.journal import Journal
from pellucid.lab.recurrent import plots
from pellucid.lab.recurrent.arms import ARMS, Arm
from pellucid.lab.recurrent.costs import known_costs, measure
from pellucid.lab.recurrent.exact import exact
from pellucid.lab.recurrent.page import CURVES, FOREST, HEAT, Results, page
from pellucid.lab.recurrent.problem import Problem, Size, make_problem
from pellucid.lab.recurrent.trials import Trial, known, missing, run

LOG, PAGE = "recurrent.jsonl", "recurrent.md"
TIMED = 64  # mixtures that fill every batch, those of a tenth of the data as well


@dataclass(frozen=True)
class Plan:
    """What to train from which sounds: arms, each from the seeds 1 to `seeds`."""

    data: Sequence[Path]
    size: Size
    seeds: int
    arms: Mapping[str, Arm]


def learn(
    folder: Path, plan: Plan, has_time: Callable[[], bool], on_trial: Callable[[Trial, int], None]
) -> Journal:
    """Train what is missing and time what was never timed; all of it is kept in LOG.

    on_trial: hears of each trial and how many are left. Raises MediaError for too few sounds,
    RecipeError when the folder's journal is of another size of task or of other sounds.
    """
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    journal = Journal(folder / LOG, asdict(plan.size))
    left = len(missing(journal, plan.arms, plan.seeds))
    untimed = plan.arms.keys() - known_costs(journal, plan.arms).keys()
    if left and has_time():
        problem = make_problem(plan.data, plan.size)
        _check_sounds(journal, problem)
        for trial in run(journal, problem, plan.arms, plan.seeds, plan.size.steps, has_time):
            left -= 1
            on_trial(trial, left)
    if untimed:
        few = replace(plan.size, learned=TIMED, held_out=1)
        measure(journal, make_problem(plan.data, few), plan.arms, describe_machine())
    return journal


def write_page(folder: Path, journal: Journal, plan: Plan, command: str) -> Path:
    """The page and its pictures, from what the journal holds."""
    costs, trials = known_costs(journal, ARMS), known(journal, ARMS)
    results = Results(command, plan.size, plan.seeds, trials, costs, tuple(exact()))
    judged = [one for some in results.judged().values() for one in some]
    plots.draw_forest(judged, folder / FOREST)
    plots.draw_rates(trials, folder / CURVES)
    plots.draw_optimisers(trials, folder / HEAT)
    (folder / PAGE).write_text(page(results), encoding="utf-8")
    return folder / PAGE


def _check_sounds(journal: Journal, problem: Problem) -> None:
    """The journal's own sounds, or it becomes theirs."""
    found = [row["sounds"] for row in journal.rows if "sounds" in row]
    if not found:
        journal.add({"sounds": problem.digest})
    elif found[0] != problem.digest:
        raise RecipeError(f"{LOG}: expected the sounds it began with, got others; move it away")
