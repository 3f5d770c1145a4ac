"""`pellucid lab`: experiments that hold what is said about networks against numbers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.cli.lab_blocks import blocks
from pellucid.cli.lab_coding import coding
from pellucid.cli.lab_collapse import collapse
from pellucid.cli.lab_compress import compress
from pellucid.cli.lab_pieces import pieces
from pellucid.cli.lab_size import size
from pellucid.cli.lab_transport import transport
from pellucid.cli.lab_vivid import vivid
from pellucid.errors import MissingExtraError

if TYPE_CHECKING:
    from pellucid.lab.recurrent.trials import Trial

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
SEEDS, MIXTURES, STEPS = 5, 384, 200
HELD_OUT = 8  # mixtures to learn from for one to judge by


@click.group()
def lab() -> None:
    """Small experiments with networks: claims against numbers; each writes its page."""


lab.add_command(blocks)
lab.add_command(coding)
lab.add_command(collapse)
lab.add_command(compress)
lab.add_command(pieces)
lab.add_command(size)
lab.add_command(vivid)


@lab.command()
@click.option("--data", type=FOLDER, multiple=True, required=True,
              help="Holds speech, noise and, if there is any, music.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write recurrent.md, its figures and recurrent.jsonl there.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(2, 10), default=SEEDS, show_default=True,
              help="Paired trainings of each arm.")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(0), help="Begin no training after so many.")
@click.option("--only", multiple=True, metavar="ARM", help="Train this arm alone; may be repeated.")
@click.option("--mixtures", type=click.IntRange(8), default=MIXTURES, show_default=True,
              help="To learn from, 3 s each; an eighth as many to judge by.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True,
              help="Of an ordinary training.")  # fmt: skip
def recurrent(
    data: tuple[Path, ...],
    out: Path,
    seeds: int,
    minutes: float | None,
    only: tuple[str, ...],
    mixtures: int,
    steps: int,
) -> None:
    """Test what a guide to small recurrent networks says, on gains that denoise voices.

    Each claim gets a verdict from paired trainings. Trainings that are done are kept in
    recurrent.jsonl: started again, it goes on from there, and when all are done it only writes the
    page again.
    """
    try:
        from pellucid.lab.recurrent import experiment
        from pellucid.lab.recurrent.arms import ARMS
        from pellucid.lab.recurrent.problem import Size
    except ImportError as error:
        raise MissingExtraError('the lab needs: pip install "pellucid[train]"') from error
    if unknown := set(only) - set(ARMS):
        known = ", ".join(ARMS)
        raise click.UsageError(f"--only: no {', '.join(sorted(unknown))} there; arms: {known}")
    size = Size(mixtures, mixtures // HELD_OUT, steps)
    arms = {name: arm for name, arm in ARMS.items() if not only or name in only}
    end = time.monotonic() + 60 * minutes if minutes is not None else float("inf")

    def has_time() -> bool:
        return time.monotonic() < end

    def show(trial: Trial, left: int) -> None:
        click.echo(
            f"{trial.arm}, seed {trial.seed}: {trial.scores['mse']:.4f}; {left} left", err=True
        )

    plan = experiment.Plan(data, size, seeds, arms)
    journal = experiment.learn(out, plan, has_time, show)
    words = [f"--data {folder.name}" for folder in data] + [f"--out {out.name}"]
    words += [f"--only '{name}'" for name in only]
    usual = {
        "--seeds": (seeds, SEEDS),
        "--mixtures": (mixtures, MIXTURES),
        "--steps": (steps, STEPS),
    }
    words += [f"{name} {value}" for name, (value, default) in usual.items() if value != default]
    command = " ".join(["pellucid lab recurrent", *words])
    click.echo(experiment.write_page(out, journal, plan, command))


lab.add_command(transport)
