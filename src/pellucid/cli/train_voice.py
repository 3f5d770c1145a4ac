"""`pellucid train` for the recipes of voices: from folders of sounds to a model file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from pellucid.artifact import Card
from pellucid.media.atomic import check_target


def train_voice(
    recipe: Path,
    data: tuple[Path, ...],
    folder: Path | None,
    out: Path | None,
    licence: str,
    threads: int | None,
    seed: int | None,
    start: tuple[Path, ...],
) -> None:
    """Train the network of a voice recipe and write its model file."""
    from pellucid.training import run
    from pellucid.training.voice.recipe import read_voice_recipe
    from pellucid.training.voice.run import make_task, train_voice_net, write_voice_net
    from pellucid.training.voice.train import Report

    settings = read_voice_recipe(recipe)
    settings = settings if seed is None else replace(settings, seed=seed)
    place = folder or Path("runs") / settings.name
    target = out or place / f"{settings.name}.onnx"
    place.mkdir(parents=True, exist_ok=True)
    check_target(target, overwrite=True)
    if threads:
        run.use_threads(threads)

    def show(report: Report) -> None:
        click.echo(f"{report.step}/{report.steps} training, loss {report.loss:.4f}", err=True)

    task = make_task(settings, data)
    net = train_voice_net(task, place, show, start)
    folders = " ".join(f"--data {path.name}" for path in data)
    words = [f"--seed {seed}"] * (seed is not None) + [f"--start {path}" for path in start]
    command = " ".join(["pellucid train", str(recipe), folders, *words])
    names = ", ".join(path.name for path in data)
    card = Card(settings.name, "", f"speech, noise and music of {names}", licence, command)
    write_voice_net(target, task, net, card)
    click.echo(f"{target}: {target.stat().st_size:,} bytes")
