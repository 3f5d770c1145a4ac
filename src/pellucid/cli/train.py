"""`pellucid train`: from a recipe and folders of pictures to a model file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from pellucid.bench import vmaf
from pellucid.bench.suite import find_tests, measure_model
from pellucid.cli.train_adversarial import train_adversarial
from pellucid.cli.train_voice import train_voice
from pellucid.errors import MissingExtraError
from pellucid.media.atomic import check_target

if TYPE_CHECKING:
    from pellucid.training import run
    from pellucid.training.train import Report

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("recipe", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--data", type=FOLDER, multiple=True, required=True, help="Stills and clips below.")
@click.option("--test", type=FOLDER, help="Score the model on this folder at the end.")
@click.option("--run", "folder", type=click.Path(path_type=Path), help="The run's own folder.")
@click.option("--out", type=click.Path(path_type=Path), help="The model file to write.")
@click.option("--data-licence", default="not stated", help="For the card: under what terms.")
@click.option("--threads", type=click.IntRange(1), help="Threads to train on.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="In place of the recipe's.")
@click.option("--start", type=FILE, multiple=True,
              help="Begin with this checkpoint's weights, or several's mean (voices).")  # fmt: skip
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=1.0,
              help="Train on this share of the stills and clips alone.")  # fmt: skip
@click.option("--over-budget", is_flag=True, help="A network too dear for calls, as a yardstick.")
def train(
    recipe: Path,
    data: tuple[Path, ...],
    test: Path | None,
    folder: Path | None,
    out: Path | None,
    data_licence: str,
    threads: int | None,
    seed: int | None,
    start: tuple[Path, ...],
    share: float,
    over_budget: bool,
) -> None:
    """Train the network of RECIPE and write its model file, scores in the card.

    The run's folder (runs/NAME unless --run says otherwise) holds checkpoint, log, curves, and what
    shows how it does. Interrupted and started again, a training goes on from its checkpoint,
    which is written every 500 steps or 1000.
    """
    try:
        from pellucid.training import run
        from pellucid.training.adversarial.recipe import is_adversarial
        from pellucid.training.recipe import read_recipe
        from pellucid.training.voice.recipe import is_voice
    except ImportError as error:
        raise MissingExtraError('training needs: pip install "pellucid[train]"') from error
    against_critics = is_adversarial(recipe)
    if (is_voice(recipe) or against_critics) and (test or share < 1 or over_budget):
        raise click.UsageError("--test, --share and --over-budget are for plain pictures alone")
    if start and not is_voice(recipe):
        raise click.UsageError("--start is for voices alone")
    if against_critics:
        return train_adversarial(recipe, data, folder, out, data_licence, threads, seed)
    if is_voice(recipe):
        return train_voice(recipe, data, folder, out, data_licence, threads, seed, start)
    settings = read_recipe(recipe)
    settings = settings if seed is None else replace(settings, seed=seed)
    if not over_budget:
        run.check_budget(settings)
    place = run.Place(data, folder or Path("runs") / settings.name)
    place.folder.mkdir(parents=True, exist_ok=True)
    target = out or place.folder / f"{settings.name}.safetensors"
    # What can fail at the end had better fail before the hours of training.
    check_target(target, overwrite=True)
    tests = find_tests(test) if test else None
    if tests and tests.clips:
        vmaf.ffmpeg()
    if threads:
        run.use_threads(threads)
    with Show() as show:
        network, held_out = run.train(settings, place, show.data, show.step, share)
    words = [f"--seed {seed}"] * (seed is not None) + [f"--share {share:g}"] * (share < 1)
    origin = _origin(recipe, place, data_licence, words, settings.clip_takes > 0)
    run.write_model(target, settings, network, origin, {"held out": held_out})
    if tests:
        scores = {"held out": held_out, **measure_model(network, tests)}
        run.write_model(target, settings, network, origin, scores)
    click.echo(f"{target}: {network.parameters:,} parameters, {target.stat().st_size:,} bytes")
    return None


class Show:
    """Live progress: on a terminal a bar for the data and one for training, elsewhere lines."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeRemainingColumn(),
        )
        self._console = Console(stderr=True)
        self._bars = Progress(
            *columns, console=self._console, disable=not self._console.is_terminal
        )
        self._data = self._bars.add_task("data", total=None, visible=False)
        self._steps = self._bars.add_task("training", total=None, visible=False)

    def __enter__(self) -> Show:
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def data(self, done: int, total: int) -> None:
        """Take note of a source file that was made into pairs."""
        self._bars.update(self._data, completed=done, total=total, visible=True)

    def step(self, report: Report) -> None:
        """Take note of a training report."""
        phase = "integer" if report.quantised else "float"
        description = f"training, {phase}, loss {report.loss:.5f}"
        if not self._console.is_terminal:
            click.echo(f"{report.step}/{report.steps} {description}", err=True)
        self._bars.update(
            self._steps,
            completed=report.step,
            total=report.steps,
            description=description,
            visible=True,
        )


def _origin(
    recipe: Path, place: run.Place, licence: str, words: Sequence[str], takes_clips: bool
) -> run.Provenance:
    from pellucid.training.run import Provenance
    from pellucid.training.sources import find_sources

    found = find_sources(place.data)
    names = ", ".join(path.name for path in place.data)
    clips = f" and {len(found.clips)} clips" if takes_clips else ""
    data = f"{len(found.stills)} stills{clips} of {names}"
    folders = [f"--data {path.name}" for path in place.data]
    command = " ".join(["pellucid train", str(recipe), *folders, *words])
    return Provenance(data, licence, command)
