"""`pellucid lab coding`: how few bits a shipped denoiser's weights need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.audio.voices import shipped_voices
from pellucid.errors import ArtifactError, MissingExtraError, RecipeError

if TYPE_CHECKING:
    from pellucid.lab.coding.outcome import Measured

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
MODEL, BATCHES = "denoise-standard", 10


@click.command()
@click.argument("recipe", metavar="RECIPE", type=click.Path(path_type=Path))
@click.option("--data", type=FOLDER, multiple=True, required=True,
              help="Holds speech, noise and, if there is any, music.")  # fmt: skip
@click.option("--model", default=MODEL, show_default=True, help="A shipped denoiser, or a file.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Write coding.md and coding.json there.")  # fmt: skip
@click.option("--batches", type=click.IntRange(1), default=BATCHES, show_default=True,
              help="Of held-out mixtures, as many in each as RECIPE says.")  # fmt: skip
def coding(recipe: Path, data: tuple[Path, ...], model: str, out: Path, batches: int) -> None:
    """Round, prune and code the weights of a denoiser, and judge it on mixtures as RECIPE says.

    Nothing is trained again.
    """
    try:
        from pellucid.lab.coding import experiment
        from pellucid.training.voice.recipe import DenoiseRecipe, read_voice_recipe
    except ImportError as error:
        raise MissingExtraError('lab coding needs: pip install "pellucid[lab,voice]"') from error
    wanted = read_voice_recipe(recipe)
    if not isinstance(wanted, DenoiseRecipe):
        raise RecipeError(f"{recipe}: task: expected denoise, got {wanted.task}")
    path = shipped_voices().get(model, Path(model))
    if not path.is_file():
        raise ArtifactError(f"{model}: neither a shipped model nor a file")
    words = [f"pellucid lab coding {recipe.name}", *(f"--data {one.name}" for one in data)]
    words += [f"--model {model}"] * (model != MODEL) + [f"--out {out.name}"]
    words += [f"--batches {batches}"] * (batches != BATCHES)
    place = (out, " ".join(words))
    click.echo(experiment.run(path, wanted, (data, batches), place, _show))


def _show(one: Measured) -> None:
    click.echo(f"{one.way}: {one.bytes:,} bytes, {one.si_sdr:.2f} dB, {one.pesq:.3f}", err=True)
