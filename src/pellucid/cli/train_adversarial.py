"""`pellucid train` for recipes with critics: a shipped model, trained on against them."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.media.atomic import check_target

CALM_SCORES = ("psnr", "psnr_bicubic", "feature", "feature_bicubic", "flicker")  # without noise

if TYPE_CHECKING:
    from pellucid.training.adversarial.diagnostics import Health
    from pellucid.training.adversarial.train import Report


def train_adversarial(
    recipe: Path,
    data: tuple[Path, ...],
    folder: Path | None,
    out: Path | None,
    licence: str,
    threads: int | None,
    seed: int | None,
) -> None:
    """Train the network of a recipe with critics and write its model file."""
    from pellucid.training import run
    from pellucid.training.adversarial import run as adversarial
    from pellucid.training.adversarial.recipe import (
        pictures_of,
        read_adversarial_recipe,
        sources_of,
    )
    from pellucid.training.sources import find_sources

    settings, pictures = read_adversarial_recipe(recipe)
    if seed is not None:
        settings = replace(settings, seed=seed)
        pictures = pictures_of(settings, pictures)
    place = run.Place(data, folder or Path("runs") / settings.name)
    place.folder.mkdir(parents=True, exist_ok=True)
    target = out or place.folder / f"{settings.name}.safetensors"
    check_target(target, overwrite=True)
    if threads:
        run.use_threads(threads)
    network, health, floats = adversarial.train_adversarial(
        settings, pictures, place, _show_data, _show
    )
    sources = sources_of(settings, find_sources(data))
    names = " ".join(f"--data {path.name}" for path in data)
    words = [f"--seed {seed}"] * (seed is not None)
    origin = run.Provenance(
        f"{len(sources.stills)} stills and {len(sources.clips)} clips of "
        + ", ".join(path.name for path in data),
        licence,
        " ".join(["pellucid train", str(recipe), names, *words]),
    )
    shown = {
        name: round(value, 4)
        for name, value in asdict(health).items()
        if settings.is_noisy or name in CALM_SCORES
    }
    shown["psnr before rounding"] = round(floats, 4)
    adversarial.write_vivid(target, settings, network, origin, {"held out": shown})
    click.echo(f"{target}: {network.parameters:,} parameters, {target.stat().st_size:,} bytes")


def _show_data(done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        click.echo(f"{done}/{total} files made into pairs", err=True)


def _show(report: Report, health: Health, reasons: list[str]) -> None:
    phase = "integer" if report.quantised else "float"
    click.echo(
        f"{report.step}/{report.steps} training, {phase}, loss {report.loss:.4f}, held out "
        f"{health.psnr:.2f} dB, feature distance {health.feature:.4f}, "
        f"flicker {health.flicker:.2f}, diversity {health.diversity:.3f}, rank {health.rank:.2f}",
        err=True,
    )
    if reasons:
        click.echo(f"collapsed: {'; '.join(reasons)}", err=True)
