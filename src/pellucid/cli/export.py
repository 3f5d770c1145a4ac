"""`pellucid export`: a model as a file for another runtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pellucid.artifact import find_model
from pellucid.audio.model import SUFFIX
from pellucid.audio.voices import shipped_voices
from pellucid.cli.size import Size
from pellucid.errors import ArtifactError, ExportError, MissingExtraError
from pellucid.export.voice import export_voice
from pellucid.export.writing import digest_of
from pellucid.video.model import load

FORMATS = ("onnx", "tflite", "coreml", "ncnn", "mnn")
LARGEST = 4096


@click.command()
@click.argument("model")
@click.option("--to", "to", type=click.Choice(FORMATS), required=True, help="The format.")
@click.option("--out", type=click.Path(path_type=Path),
              help="The folder to make, MODEL-FORMAT if not told.")  # fmt: skip
@click.option("--size", type=Size(2, LARGEST), default="480x360", show_default=True,
              help="Of the picture that comes in; onnx takes any.")  # fmt: skip
@click.option("--level", type=int,
              help="Of a gated model's networks; an ordinary call's if not told.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace an export that stands there.")
@click.option("--json", "as_json", is_flag=True, help="Print the card as JSON.")
def export(
    model: str,
    to: str,
    out: Path | None,
    size: tuple[int, int],
    level: int | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write MODEL, a shipped model's name or a file, for another runtime, checked before it stands.

    A folder is made: the file or files of the format, and card.json. Networks of voices go to onnx
    and mnn.
    """
    path = shipped_voices().get(model) or _find(model)
    target = out or Path(f"{path.stem}-{to}")
    try:
        card = _export(path, to, size, level, target, overwrite)
    except ModuleNotFoundError as error:
        name = error.name or "more"
        raise MissingExtraError(f'{to} needs {name}: pip install "pellucid[export]"') from error
    click.echo(json.dumps(card, indent=1) if as_json else _told(card, target))


def _find(model: str) -> Path:
    """The file of a name that is no shipped voice's."""
    try:
        return find_model(model)
    except ArtifactError as error:
        raise ArtifactError(f"{error}, {', '.join(shipped_voices())}") from error


def _export(
    path: Path, to: str, size: tuple[int, int], level: int | None, target: Path, overwrite: bool
) -> dict[str, Any]:
    if path.suffix == SUFFIX:
        if level is not None:
            raise ExportError(f"level: {path.stem} has none; only networks of pictures have levels")
        return export_voice(path, to, target, overwrite)
    network, card = load(path)
    from pellucid.export.video import FORMATS, Job, export_video  # needs torch

    job = Job(network, card, digest_of(path), FORMATS[to], size, level)
    return export_video(job, target, overwrite)


def _told(card: dict[str, Any], target: Path) -> str:
    lines = [f"{target / name}: {file['bytes']:,} bytes" for name, file in card["files"].items()]
    return "\n".join([*lines, _how_close(card)])


def _how_close(card: dict[str, Any]) -> str:
    if card["same_bytes"]:
        return f"the same bytes as the reference, by {card['checked_with']}"
    if "psnr_to_reference" not in card:
        return f"{card['largest_difference']:.1e} off at most, by {card['checked_with']}"
    return (
        f"at most {card['largest_difference']} levels of grey off the reference, "
        f"{card['psnr_to_reference']} dB, by {card['checked_with']}"
    )
