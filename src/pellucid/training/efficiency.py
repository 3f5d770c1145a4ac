"""How much data is enough: the same recipe on shares of its stills and clips, seed by seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from pellucid.training.batches import Batches
from pellucid.training.dataset import Dataset, Progress, make_dataset, part_of
from pellucid.training.recipe import Recipe
from pellucid.training.run import Place
from pellucid.training.sources import find_sources
from pellucid.training.train import Training
from pellucid.training.validate import held_out, scores

SHARES = (0.01, 0.03, 0.1, 0.3, 1.0)
LOG = "trials.jsonl"


@dataclass(frozen=True)
class Trial:
    """One training. gains: by held-out group, dB of the integer network's PSNR over bicubic's."""

    share: float
    seed: int
    gains: dict[str, float]


def run(
    recipe: Recipe,
    place: Place,
    seeds: int,
    on_data: Progress,
    on_trial: Callable[[Trial], None],
) -> tuple[Trial, ...]:
    """Train on each of `SHARES` from each of the first seeds, 1 to `seeds`.

    What is done is kept in the folder, so that an interrupted run goes on. Raises what
    `pellucid.training.run.train` does.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    log = place.folder / LOG
    done = _read(log)
    for seed in range(1, seeds + 1):
        known = {trial.share for trial in done if trial.seed == seed}
        if known >= set(SHARES):
            continue
        seeded = replace(recipe, seed=seed)
        dataset = make_dataset(seeded, find_sources(place.data), place.folder, on_data)
        for share in sorted(set(SHARES) - known):
            done.append(Trial(share, seed, _gains(seeded, dataset, share)))
            with log.open("a") as rows:
                rows.write(json.dumps(asdict(done[-1])) + "\n")
            on_trial(done[-1])
    return tuple(done)


def table(trials: Sequence[Trial]) -> str:
    """Markdown: for each share and group the mean over the seeds and its standard deviation."""
    groups = list(trials[0].gains)
    lines = [["share", *groups], ["---"] * (len(groups) + 1)]
    for share in sorted({trial.share for trial in trials}):
        cells = [_gains_at(trials, share, group) for group in groups]
        lines.append([f"{share:.0%}", *(f"{c.mean():+.3f} ± {c.std():.3f} dB" for c in cells)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def draw(trials: Sequence[Trial], path: Path) -> None:
    """A PNG of the gain over bicubic by share of the data, one line a group."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    shares = sorted({trial.share for trial in trials})
    for group in trials[0].gains:
        gains = [_gains_at(trials, share, group) for share in shares]
        means, spreads = [g.mean() for g in gains], [g.std() for g in gains]
        axes.errorbar([100 * share for share in shares], means, spreads, marker="o", label=group)
    axes.set(xscale="log", xlabel="share of the training data, %", ylabel="PSNR above bicubic, dB")
    axes.legend(title="held out")
    figure.savefig(path, dpi=100)


def _gains(recipe: Recipe, dataset: Dataset, share: float) -> dict[str, float]:
    training = Training(recipe, Batches(part_of(dataset, share, recipe.seed), recipe))
    training.run(lambda report: None)
    if not training.steps_of_layers:
        training.measure()
    found = scores(held_out(dataset), training.averaged, training.steps_of_layers)
    groups = [name.removesuffix(" bicubic") for name in found if name.endswith(" bicubic")]
    return {group: found[f"{group} integer"] - found[f"{group} bicubic"] for group in groups}


def _read(log: Path) -> list[Trial]:
    rows = log.read_text().splitlines() if log.exists() else []
    return [Trial(**json.loads(row)) for row in rows]


def _gains_at(trials: Sequence[Trial], share: float, group: str) -> npt.NDArray[np.float64]:
    return np.array([trial.gains[group] for trial in trials if trial.share == share])
