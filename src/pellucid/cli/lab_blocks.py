"""`pellucid lab blocks`: what light blocks and small kernels cost in milliseconds."""

from __future__ import annotations

from pathlib import Path

import click

from pellucid.errors import MissingExtraError

ROUNDS = 20


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write blocks.md, blocks.png and blocks.json there.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1), default=ROUNDS, show_default=True,
              help="How often each is run.")  # fmt: skip
def blocks(out: Path, rounds: int) -> None:
    """Time light blocks and kernels of 1x1 to 7x7 beside their multiplications.

    All take turns in one run, so their ratios hold on a busy machine. Where --out has what
    `pellucid lab compress` wrote, quality is drawn beside.
    """
    try:
        from pellucid.lab.blocks import experiment
        from pellucid.lab.compress.experiment import LOG
    except ImportError as error:
        raise MissingExtraError('the lab needs: pip install "pellucid[lab]"') from error
    words = ["pellucid lab blocks", f"--out {out.name}"] + [f"--rounds {rounds}"] * (
        rounds != ROUNDS
    )
    click.echo(experiment.run(out, rounds, " ".join(words), out / LOG))
