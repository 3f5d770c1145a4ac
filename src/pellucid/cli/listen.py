"""`pellucid listen`: where a file holds speech, music, noise and silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from pellucid.audio.labels import Label
from pellucid.audio.listen import MODEL
from pellucid.cli.enhance import Bar
from pellucid.listening import Listened
from pellucid.listening import listen as hear
from pellucid.media.atomic import check_target, whole_file

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("source", metavar="FILE", type=PATH)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Write NAME.json and a labelled waveform, NAME.png, there.")  # fmt: skip
@click.option("--model", type=PATH, default=MODEL, help="A model file in place of ours.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, no bar.")
def listen(source: Path, out: Path | None, model: Path, overwrite: bool, as_json: bool) -> None:
    """Tell where FILE holds speech, music, noise and silence, to 20 ms.

    FILE is a sound file or a video, whose first stream of sound is taken.
    """
    targets = _targets(source, out, overwrite) if out else None
    with Bar(as_json, "seconds") as bar:
        heard = hear(source, model, bar.show)
    text = json.dumps(as_dict(heard), indent=1)
    if targets:
        _write(heard, text, *targets, overwrite)
    if as_json:
        click.echo(text)
        return
    Console(soft_wrap=True).print(_table(heard))
    click.echo(_summary(heard))
    for sentence in heard.warnings:
        click.echo(f"pellucid: {sentence}", err=True)


def as_dict(heard: Listened) -> dict[str, Any]:
    """What a machine would ask for; times in seconds."""
    return {
        "source": str(heard.path),
        "seconds": round(heard.seconds, 3),
        "totals": {str(label): round(heard.seconds_of(label), 3) for label in Label},
        "segments": [
            {"start": round(s.start, 3), "end": round(s.end, 3), "label": str(s.label)}
            for s in heard.spans
        ],
        "warnings": list(heard.warnings),
    }


def _targets(source: Path, folder: Path, overwrite: bool) -> tuple[Path, Path]:
    """Where the two files go. Raises MediaError before the work where they cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = folder / f"{source.stem}.json", folder / f"{source.stem}.png"
    for target in targets:
        check_target(target, overwrite)
    return targets


def _write(heard: Listened, text: str, told: Path, drawn: Path, overwrite: bool) -> None:
    from pellucid.audio.stripes import draw_waveform

    with whole_file(told, overwrite) as temporary:
        temporary.write_text(text + "\n", "utf-8")
    with whole_file(drawn, overwrite) as temporary:
        draw_waveform(temporary, heard.peaks, heard.spans)


def _table(heard: Listened) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("start", "end", "label"):
        table.add_column(title, justify="left" if title == "label" else "right")
    for span in heard.spans:
        table.add_row(f"{span.start:.2f}", f"{span.end:.2f}", str(span.label))
    return table


def _summary(heard: Listened) -> str:
    parts = [f"{label} {heard.seconds_of(label):.2f} s" for label in Label]
    return f"{heard.path}: {heard.seconds:.2f} s, of these {', '.join(parts)}"
