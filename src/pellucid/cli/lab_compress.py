"""`pellucid lab compress`: how small a network's file can be, by trainings that make it smaller."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.bench.suite import find_tests
from pellucid.errors import MissingExtraError

if TYPE_CHECKING:
    from pellucid.lab.compress.outcome import Measured

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
PARTS = ("pipeline", "others", "small", "blocks")
STEPS, TUNE = 4000, 1000


@click.command()
@click.argument("recipe", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--data", type=FOLDER, multiple=True, required=True, help="Stills and clips below.")
@click.option("--run", "folder", type=click.Path(path_type=Path), default=Path("runs/compress"),
              show_default=True, help="Where patches and trained weights are kept.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write compress.md, compress.png and compress.jsonl there.")  # fmt: skip
@click.option("--test", type=FOLDER, help="Judge on the clips and stills below this folder too.")
@click.option("--only", multiple=True, type=click.Choice(PARTS),
              help="Train this part alone; may be repeated.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True,
              help="Of a training from the start.")  # fmt: skip
@click.option("--tune", type=click.IntRange(1), default=TUNE, show_default=True,
              help="Steps of a training that goes on from another.")  # fmt: skip
def compress(
    recipe: Path,
    data: tuple[Path, ...],
    folder: Path,
    out: Path,
    test: Path | None,
    only: tuple[str, ...],
    steps: int,
    tune: int,
) -> None:
    """Prune, share, code, round and distil a network of 133 thousand parameters; try light blocks.

    Data and loss are RECIPE's. Bytes and MACs against quality on what was held out. Interrupted,
    it keeps the networks that are done, tells of them, and goes on when called again.
    """
    try:
        from pellucid.lab.compress import experiment
        from pellucid.lab.compress.arms import GROUPS
        from pellucid.lab.compress.solver import Plan
        from pellucid.lab.size.experiment import data as make_data
        from pellucid.lab.size.experiment import described
        from pellucid.training.memory import keep_freed_memory
        from pellucid.training.recipe import read_recipe
        from pellucid.training.run import Place
    except ImportError as error:
        raise MissingExtraError('the lab needs: pip install "pellucid[lab]"') from error
    keep_freed_memory()
    base = read_recipe(recipe)
    dataset = make_data(base, Place(data, folder), lambda done, total: None)
    plan = Plan(base, steps, tune, folder)
    tests = find_tests(test) if test else None
    journal = experiment.open_journal(out, plan, dataset)
    tested = experiment.open_journal(out, plan, dataset, experiment.TESTED)
    words = [f"pellucid lab compress {recipe.name}", *(f"--data {one.name}" for one in data)]
    words += [f"--out {out.name}", *([f"--test {test.name}"] if test else [])]
    words += [f"--only {part}" for part in only]
    words += [f"--steps {steps}"] * (steps != STEPS) + [f"--tune {tune}"] * (tune != TUNE)
    names = [name for part in only or PARTS for name in GROUPS[part]]
    try:
        experiment.learn(journal, plan, dataset, names, _show)
        for name in experiment.test(tested, journal, plan, dataset, tests) if tests else ():
            click.echo(f"{name}: judged", err=True)
    finally:
        origin = described(dataset), " ".join(words)
        if page := experiment.write_page(out, journal, tested, *origin):
            click.echo(page)


def _show(one: Measured, left: int) -> None:
    from pellucid.lab.compress.outcome import clips

    click.echo(f"{one.arm}: {one.bytes:,} bytes, {clips(one):+.3f} dB; {left} left", err=True)
