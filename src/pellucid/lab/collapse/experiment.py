"""The experiment from nothing to a page: each arm on each data set, kept as soon as it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pellucid.bench.report import describe_machine
from pellucid.errors import RecipeError
from pellucid.lab.collapse import plots
from pellucid.lab.collapse.arms import ARMS, Arm
from pellucid.lab.collapse.digits import Digits
from pellucid.lab.collapse.geometry import Array, Data, grid, ring, two
from pellucid.lab.collapse.page import page
from pellucid.lab.collapse.scores import modes_of, score
from pellucid.lab.collapse.solver import Fit, Settings
from pellucid.lab.collapse.stacked import Stacked
from pellucid.lab.journal import Journal, Row
from pellucid.media.atomic import whole_file
from pellucid.training.constraints import effective_rank

LOG, PAGE = "collapse.jsonl", "collapse.md"
DATA: Mapping[str, Callable[[], Data]] = {
    "ring": ring, "grid": grid, "two": two, "digits": Digits, "stacked": Stacked,
}  # fmt: skip
TRUTH = "truth"  # the row of fresh samples
LOOKS, LOOKED = 12, 5  # how often modes are counted on the way; of a fifth of the samples
SHOWN, MOSAIC = 400, 36  # samples of the first seed that the figure shows: dots, or pictures
DIGITS = 4  # significant
DIRECTIONS = {"digits": 8, "stacked": 24}  # of J; two where it is not told


@dataclass(frozen=True)
class Plan:
    """data, arms: names. command: what makes all of it again.

    Raises RecipeError for a name that is not there.
    """

    data: Sequence[str]
    arms: Sequence[str]
    settings: Settings
    command: str

    def __post_init__(self) -> None:
        """Refuse what is not there."""
        for what, names, known in (("data", self.data, DATA), ("arms", self.arms, ARMS)):
            if unknown := set(names) - set(known):
                told = f"expected some of {', '.join(known)}, got {', '.join(sorted(unknown))}"
                raise RecipeError(f"{what}: {told}")


def open_journal(folder: Path, plan: Plan) -> Journal:
    """What is done so far. Raises RecipeError when it is of other settings, or damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    return Journal(folder / LOG, asdict(plan.settings))


def missing(journal: Journal, plan: Plan) -> dict[tuple[str, str], float]:
    """Data and arm of what is not done, and about how much work each is."""
    done = {(row["data"], row["arm"]) for row in journal.rows}
    pairs = [(data, arm) for data in plan.data for arm in plan.arms]
    return {pair: _work(*pair) for pair in pairs if pair not in done}


def learn(
    journal: Journal, plan: Plan, on_progress: Callable[[tuple[str, str], float], None]
) -> None:
    """Train what is missing. on_progress: hears how much of an arm is done, 0..1; 1 comes once."""
    torch.set_num_threads(1)
    made: dict[str, Data] = {}
    for name, arm in missing(journal, plan):
        data = made[name] if name in made else made.setdefault(name, DATA[name]())
        if not any((row["data"], row["arm"]) == (name, TRUTH) for row in journal.rows):
            journal.add(_truth(name, data))
        wall, own = time.monotonic(), time.process_time()
        found = _trained(data, ARMS[arm], plan.settings, partial(on_progress, (name, arm)))
        spent = {"seconds": time.monotonic() - wall, "cpu seconds": time.process_time() - own}
        head = {"data": name, "arm": arm, "machine": describe_machine(), "command": plan.command}
        journal.add(head | _rounded(found | spent))
        on_progress((name, arm), 1.0)


def write_page(folder: Path, journal: Journal, plan: Plan) -> Path:
    """The page, and a figure for each data set of which something is done."""
    by_data: dict[str, list[Row]] = {}
    for name in DATA:
        order = [TRUTH, *ARMS]
        rows = [row for row in journal.rows if row["data"] == name]
        if len(rows) > 1:
            by_data[name] = sorted(rows, key=lambda row: order.index(row["arm"]))
    for name, rows in by_data.items():
        with whole_file(folder / f"collapse-{name}.png", overwrite=True) as path:
            plots.draw(rows, path, plan.command)
    (folder / PAGE).write_text(page(plan.command, plan.settings, by_data), encoding="utf-8")
    return folder / PAGE


def _truth(name: str, data: Data) -> Row:
    """What fresh samples of the truth score: the most that can be asked for."""
    fresh = data.fresh(np.random.default_rng(2), data.judged)
    row = {"data": name, "arm": TRUTH, "scores": [asdict(score(data, fresh))],
           "modes": len(data.shares), "samples": _shown(fresh)}  # fmt: skip
    if isinstance(data, Digits | Stacked):
        row["accuracy"] = data.accuracy
    return dict(_rounded(row))


def _trained(
    data: Data, arm: Arm, settings: Settings, tick: Callable[[float], None]
) -> dict[str, Any]:
    """Scores of each seed, modes on the way, J's spectra and some samples of the first seed."""
    fit = Fit(arm, data, settings)
    steps, history = settings.steps, []
    total, every = steps * fit.rounds, max(steps // LOOKS, 1)
    played = 0
    for done, adversary in enumerate(fit.run(), 1):
        played += adversary
        if adversary and played % every == 0:
            modes = [modes_of(data, made) for made in fit.samples(data.judged // LOOKED)]
            history.append({"step": played, "modes": modes})
        if done % every == 0 and done < total:
            tick(done / total)
    made, spectra = fit.samples(data.judged), fit.spectra()
    return {
        "scores": [asdict(score(data, one)) for one in made], "history": history,
        "samples": _shown(made[0]), **_reduced(spectra),
    }  # fmt: skip


def _shown(samples: Array) -> list[list[float]]:
    kept: list[list[float]] = samples[: SHOWN if samples.shape[1] == 2 else MOSAIC].tolist()
    return kept


def _reduced(spectra: Array) -> dict[str, Any]:
    """Of (S, K, n): medians and deciles of each singular value, and of each seed two numbers."""
    flat = spectra.reshape(-1, spectra.shape[-1])
    ranks = effective_rank(torch.from_numpy(spectra)).mean(1)
    return {
        "spectrum": np.quantile(flat, (0.1, 0.5, 0.9), axis=0).T.tolist(),
        "rank": ranks.tolist(), "smallest": np.median(spectra[..., -1], axis=1).tolist(),
    }  # fmt: skip


def _work(data: str, arm: str) -> float:
    """In trainings of a plain GAN; J costs a pass for each of its directions."""
    one, k = ARMS[arm], DIRECTIONS.get(data, 2)
    coding = 1.0 if "code" in one.start else 0.0
    playing = 1 + 0.5 * bool(one.local) + k * bool(one.tangent) / 2
    return coding + playing * bool(one.pack)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value
