"""`pellucid lab collapse`: small generators that lose modes, and three cures for it."""

from __future__ import annotations

from pathlib import Path

import click

from pellucid.cli.lab_progress import Parts
from pellucid.errors import MissingExtraError

DATA = ("ring", "grid", "two", "digits", "stacked")
ARMS = ("plain", "pacgan2", "local", "tangent", "latent", "all")
SEEDS, STEPS, CRITIC_RATE = 5, 1500, 1e-4


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write collapse.md, its figures and collapse.jsonl there.")  # fmt: skip
@click.option("--data", type=click.Choice(DATA), multiple=True,
              help="This data set alone; may be repeated.")  # fmt: skip
@click.option("--arm", "arms", type=click.Choice(ARMS), multiple=True,
              help="This arm alone; may be repeated.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1, 50), default=SEEDS, show_default=True,
              help="Trainings of each arm, from 0 on, all at once.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True,
              help="Of the adversaries, and of an autoencoder where there is one.")  # fmt: skip
@click.option("--critic-rate", type=click.FloatRange(0), default=CRITIC_RATE, show_default=True,
              help="How fast the adversaries learn; the generators' rate is 0.001.")  # fmt: skip
def collapse(
    out: Path,
    data: tuple[str, ...],
    arms: tuple[str, ...],
    seeds: int,
    steps: int,
    critic_rate: float,
) -> None:
    """Train small GANs that drop modes, and hold three cures against it, alone and together.

    Near the data, of full rank, with codes from optimal transport. An arm that is done is kept in
    collapse.jsonl: interrupted and started again, it goes on with the next one.
    """
    try:
        from pellucid.lab.collapse import experiment
        from pellucid.lab.collapse.solver import Settings
    except ImportError as error:
        raise MissingExtraError('collapse needs: pip install "pellucid[lab]"') from error
    words = [f"--out {out.name}", *(f"--data {name}" for name in data)]
    words += [f"--arm {name}" for name in arms]
    words += [f"--seeds {seeds}"] * (seeds != SEEDS) + [f"--steps {steps}"] * (steps != STEPS)
    words += [f"--critic-rate {critic_rate:g}"] * (critic_rate != CRITIC_RATE)
    command = " ".join(["pellucid lab collapse", *words])
    plan = experiment.Plan(data or DATA, arms or ARMS, Settings(seeds, steps, critic_rate), command)
    journal = experiment.open_journal(out, plan)
    work = {_named(pair): work for pair, work in experiment.missing(journal, plan).items()}
    try:
        with Parts(work) as show:
            experiment.learn(journal, plan, lambda pair, share: show(_named(pair), share))
    finally:
        click.echo(experiment.write_page(out, journal, plan))


def _named(pair: tuple[str, str]) -> str:
    return ", ".join(pair)
