"""`pellucid lab pieces`: linear pieces of networks, counted beside what theory says of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.errors import MissingExtraError

if TYPE_CHECKING:
    from pellucid.lab.pieces.experiment import Progress

PARTS = ("counts", "slices", "fits", "cells", "curves")
SEEDS, STEPS = 3, 1000


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write pieces.md, its figures and pieces.jsonl there.")  # fmt: skip
@click.option("--only", type=click.Choice(PARTS), multiple=True,
              help="Do this part alone; may be repeated.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1, 10), default=SEEDS, show_default=True,
              help="Of each random network and each training.")  # fmt: skip
@click.option("--steps", type=click.IntRange(2), default=STEPS, show_default=True,
              help="Of each training.")  # fmt: skip
def pieces(out: Path, only: tuple[str, ...], seeds: int, steps: int) -> None:
    """Count the linear pieces of small networks, exactly, and hold theory against the counts.

    What is done is kept in pieces.jsonl: started again, it goes on from there. When it is
    interrupted, the page and the figures tell what was done.
    """
    try:
        from pellucid.lab.pieces import experiment
        from pellucid.lab.pieces.tasks import Effort
    except ImportError as error:
        raise MissingExtraError('the lab needs: pip install "pellucid[train]"') from error
    effort = Effort(seeds, steps)
    words = [f"--out {out.name}", *(f"--only {part}" for part in only)]
    words += [f"--seeds {seeds}"] * (seeds != SEEDS) + [f"--steps {steps}"] * (steps != STEPS)
    command = " ".join(["pellucid lab pieces", *words])
    journal = experiment.open_journal(out, effort)
    try:
        experiment.learn(journal, effort, only or PARTS, _show)
    finally:
        click.echo(experiment.write_page(out, journal, effort, command))


def _show(progress: Progress) -> None:
    task, minutes = progress.task, progress.seconds_left / 60
    told = f"{progress.left} left, about {minutes:.1f} minutes"
    click.echo(f"{task.part}, {task.name}; {told}", err=True)
