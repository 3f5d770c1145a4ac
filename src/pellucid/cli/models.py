"""`pellucid models`: the cards of the shipped models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pellucid.artifact import Card, find_model, read, shipped_models
from pellucid.audio.model import SUFFIX, read_voice
from pellucid.audio.voices import shipped_voices


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(name: str | None, as_json: bool) -> None:
    """Show what the shipped models are, what they cost, what made them and how they measured.

    NAME, a shipped model or a file, shows its whole card.
    """
    paths = [_find(name)] if name else [*shipped_models().values(), *shipped_voices().values()]
    cards = [(path, _card(path)) for path in paths]
    if as_json:
        click.echo(json.dumps([_as_dict(path, card) for path, card in cards], indent=2))
        return
    for path, card in cards:
        click.echo(_as_text(path, card) if name else _as_line(path, card))


def _find(name: str) -> Path:
    voices = shipped_voices()
    return voices[name] if name in voices else find_model(name)


def _card(path: Path) -> Card:
    return read_voice(path)[1] if path.suffix == SUFFIX else read(path).card


def _as_line(path: Path, card: Card) -> str:
    macs = f"{card.macs / 1e9:.2f} GMAC" if card.macs >= 1e9 else f"{card.macs / 1e6:.1f} MMAC"
    cost = f"{card.parameters:,} parameters, {macs} for {card.macs_for}"
    return f"{card.name}: {card.summary} ({cost}, {path.stat().st_size:,} bytes)"


def _as_text(path: Path, card: Card) -> str:
    values = {key: value for key, value in _as_dict(path, card).items() if key != "scores"}
    lines = [f"{key.replace('_', ' ')}: {value}" for key, value in values.items()]
    units = {
        "voice-denoise": "in dB",
        "voice-extend": "in dB",
        "voice-conceal": "less is better",
        "voice-classify": "in %",
    }
    pictures = "PSNR in dB; bd_*: bits for the same quality against bicubic, in %; "
    meaning = units.get(card.kind, f"{pictures}robust: PSNR over bicubic's")
    return "\n".join([*lines, f"scores ({meaning}):", json.dumps(card.scores, indent=2)])


def _as_dict(path: Path, card: Card) -> dict[str, Any]:
    return {
        "name": card.name,
        "kind": card.kind,
        "summary": card.summary,
        "parameters": card.parameters,
        "macs": card.macs,
        "macs_for": card.macs_for,
        "bytes": path.stat().st_size,
        "licence": card.licence,
        "data": card.data,
        "data_licence": card.data_licence,
        "command": card.command,
        "scores": card.scores,
    }
