"""`pellucid lab size`: how small the product's network may be, by a ladder of trainings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.errors import MissingExtraError

if TYPE_CHECKING:
    from pellucid.lab.size.experiment import Done

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
STEPS, RUNGS = 1000, 8


@click.command()
@click.argument("recipe", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--data", type=FOLDER, multiple=True, required=True, help="Stills and clips below.")
@click.option("--run", "folder", type=click.Path(path_type=Path), default=Path("runs/size"),
              show_default=True, help="Where the patches are kept.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write size.md, size.png and size.jsonl there.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), multiple=True, default=[STEPS], show_default=True,
              help="Of each training; several times for several lengths.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True,
              help="Trainings of each size and length, from the recipe's seed on.")  # fmt: skip
@click.option("--rungs", type=click.IntRange(1, RUNGS), default=RUNGS, show_default=True,
              help="How many sizes, from the smallest.")  # fmt: skip
def size(
    recipe: Path,
    data: tuple[Path, ...],
    folder: Path,
    out: Path,
    steps: tuple[int, ...],
    seeds: int,
    rungs: int,
) -> None:
    """Train networks of half a thousand to sixty thousand parameters as RECIPE says.

    Draws quality against parameters, multiplications and linear pieces. Interrupted, it keeps
    the sizes that are done, tells of them, and goes on when called again.
    """
    try:
        from pellucid.lab.size import experiment, problem
        from pellucid.training.memory import keep_freed_memory
        from pellucid.training.recipe import read_recipe
        from pellucid.training.run import Place
    except ImportError as error:
        raise MissingExtraError('the lab needs: pip install "pellucid[train]"') from error
    keep_freed_memory()
    base = read_recipe(recipe)
    dataset = experiment.data(base, Place(data, folder), lambda done, total: None)
    journal = experiment.open_journal(out, base, dataset)
    words = [f"pellucid lab size {recipe.name}", *(f"--data {one.name}" for one in data)]
    words += [f"--out {out.name}", *(f"--steps {count}" for count in steps)]
    words += [f"--seeds {seeds}"] * (seeds != 1) + [f"--rungs {rungs}"] * (rungs != RUNGS)
    chosen = range(base.seed, base.seed + seeds)
    ladder = problem.rungs(steps, chosen, problem.LADDER[:rungs])
    try:
        experiment.learn(journal, base, dataset, ladder, _show)
    finally:
        if page := experiment.write_page(out, journal, dataset, " ".join(words)):
            click.echo(page)


def _show(done: Done) -> None:
    one, minutes = done.measured, done.seconds_left / 60
    told = (
        f"{one.parameters:,} parameters, {one.steps:,} steps, seed {one.seed}: "
        f"{one.gain:+.3f} dB, {one.on_segments:.0f} pieces"
    )
    click.echo(f"{told}; {done.left} left, about {minutes:.0f} minutes", err=True)
