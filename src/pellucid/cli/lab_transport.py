"""`pellucid lab transport`: optimal transport from a latent variable to data, part by part."""

from __future__ import annotations

from pathlib import Path

import click

from pellucid.cli.lab_progress import Parts
from pellucid.errors import MissingExtraError

SEED, ATOMS, VERTICES, POINTS, STEPS, SEEDS = 1, 1000, 1500, 50_000, 1000, 5


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write transport.md, and PNG and JSON of each part, there.")  # fmt: skip
@click.option("--only", multiple=True, metavar="PART",
              help="Do this part alone: newton, rates, potential, tears, surface or networks; "
              "may be repeated.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31), default=SEED, show_default=True,
              help="Of everything that is drawn.")  # fmt: skip
@click.option("--atoms", type=click.IntRange(40), default=ATOMS, show_default=True,
              help="Of the exact maps in the plane.")  # fmt: skip
@click.option("--vertices", type=click.IntRange(100), default=VERTICES, show_default=True,
              help="Of the surface, about.")  # fmt: skip
@click.option("--points", type=click.IntRange(1000), default=POINTS, show_default=True,
              help="Drawn to judge by.")  # fmt: skip
@click.option("--steps", type=click.IntRange(4), default=STEPS, show_default=True,
              help="Of each network's training.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(2, 10), default=SEEDS, show_default=True,
              help="Paired trainings of each map.")  # fmt: skip
def transport(
    out: Path,
    only: tuple[str, ...],
    seed: int,
    atoms: int,
    vertices: int,
    points: int,
    steps: int,
    seeds: int,
) -> None:
    """Move a latent variable onto data by optimal transport, and see what that is good for.

    Exact in the plane, by Monte Carlo above; where the map tears; a surface sampled with and
    without it; learned by networks. A part that is done stays done: interrupted and started again,
    it goes on with the next one. Takes a few minutes.
    """
    try:
        from pellucid.lab.transport import experiment
        from pellucid.lab.transport.parts import PARTS, Size
    except ImportError as error:
        raise MissingExtraError('transport needs: pip install "pellucid[lab]"') from error
    if unknown := set(only) - set(PARTS):
        known = ", ".join(PARTS)
        raise click.UsageError(f"--only: no {', '.join(sorted(unknown))} there; parts: {known}")
    size = Size(atoms, vertices, points, steps, seeds)
    usual = {
        "--seed": (seed, SEED), "--atoms": (atoms, ATOMS), "--vertices": (vertices, VERTICES),
        "--points": (points, POINTS), "--steps": (steps, STEPS), "--seeds": (seeds, SEEDS),
    }  # fmt: skip
    words = [f"--out {out.name}"]
    words += [f"{name} {value}" for name, (value, default) in usual.items() if value != default]
    command = " ".join(["pellucid lab transport", *words])
    plan = experiment.Plan(
        [part for part in PARTS if not only or part in only], size, seed, command
    )
    try:
        with Parts({part: PARTS[part].work for part in experiment.missing(out, plan)}) as show:
            experiment.make(out, plan, show)
    finally:
        click.echo(experiment.write_page(out, plan))
