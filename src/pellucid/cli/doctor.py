"""`pellucid doctor`: what this machine can do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from pellucid.doctor import Health, Measured, examine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say what this machine can do: engine, speed of each model, codecs, what is missing."""
    health = examine()
    if as_json:
        models = [{**asdict(one), "fps": one.fps} for one in health.models]
        click.echo(json.dumps({**asdict(health), "why": health.why, "models": models}, indent=2))
        return
    for line in _lines(health):
        click.echo(line)


def _lines(health: Health) -> Iterator[str]:
    yield f"engine: {health.engine}, {health.why}; {health.cores} cores"
    yield "ms a picture (and a second), luma x2 on all of them:"
    for name in dict.fromkeys(one.model for one in health.models):
        yield f"  {name:10}" + "".join(_cell(one) for one in health.models if one.model == name)
    yield "share of one core for voices, in packets of 10 and of 20 ms:"
    for name, rate in dict.fromkeys((one.stage, one.sample_rate) for one in health.voices):
        some = [v for v in health.voices if (v.stage, v.sample_rate) == (name, rate)]
        yield f"  {name:10}  {rate} Hz " + ", ".join(f"{100 * one.share:.1f} %" for one in some)
    yield f"decodes: {_listed(health.decoders)}"
    yield f"encodes: {_listed(health.encoders)}"
    yield from (f"note: {sentence}" for sentence in health.advice)


def _cell(one: Measured) -> str:
    return f"  {one.width}x{one.height} {one.milliseconds:.1f} ({one.fps:.0f})"


def _listed(found: dict[str, bool]) -> str:
    return ", ".join(name for name, there in found.items() if there) or "nothing"
