"""`pellucid bench voice` and `pellucid bench extend`: voices scored beside peers."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.option("--speech", type=FOLDER, required=True, help="Clean voices below it.")
@click.option("--noise", type=FOLDER, required=True, help="Noises below it.")
@click.option("--model", "models", multiple=True, default=("standard", "lite"), show_default=True,
              help="Ours: a shipped name or a file; may be repeated.")  # fmt: skip
@click.option("--peer", "peer_files", type=click.Path(path_type=Path), multiple=True,
              help="A streaming ONNX network in GTCRN's form; may be repeated.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), default=60, show_default=True, help="Items.")
@click.option("--rate", type=click.Choice(["16000", "48000"]), default="16000", show_default=True,
              help="Of the sound, in Hz.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def voice(
    speech: Path,
    noise: Path,
    models: tuple[str, ...],
    peer_files: tuple[Path, ...],
    count: int,
    rate: str,
    as_json: bool,
) -> None:
    """Score voices cleaned of noise: PESQ-WB, eSTOI, SI-SDR and DNSMOS, with 95 % intervals.

    Each item is 8 s of speech at -5 to 15 dB over noise; a third as many have no noise, to be left
    alone. RNNoise takes part where it is installed.
    """
    from pellucid.bench import voice as protocol
    from pellucid.bench import voice_items, voice_peers

    ours = protocol.ours(models)
    methods = [*ours, *voice_peers.rnnoise(), *map(voice_peers.network, peer_files)]
    quiet = voice_items.clean_items(speech, max(count // 3, 1), int(rate))
    rows = []
    for row in protocol.measure(
        chain(voice_items.items(speech, noise, count, int(rate)), quiet), methods
    ):
        rows.append(row)
        click.echo(f"{len(rows)} {row.method} {row.speaker}", err=True)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=1))
        return
    noisy = [row for row in rows if row.snr != voice_items.CLEAN_SNR]
    click.echo(protocol.table(noisy))
    for by in (lambda row: f"{row.snr} dB", lambda row: row.speaker):
        click.echo("\n" + protocol.table(noisy, by))
    click.echo("\nWithout noise:\n")
    click.echo(protocol.table([row for row in rows if row.snr == voice_items.CLEAN_SNR]))


@click.command()
@click.option("--speech", type=FOLDER, required=True, help="Voices of the whole band below it.")
@click.option("--from", "from_rate", type=click.IntRange(8_000), default=8_000, show_default=True)
@click.option("--to", "to_rate", type=click.Choice(["16000", "48000"]), default="16000",
              show_default=True)  # fmt: skip
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="Voices.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def extend(speech: Path, from_rate: int, to_rate: str, count: int, as_json: bool) -> None:
    """Score voices that were made narrow and extended again: LSD, ViSQOL, PESQ-WB."""
    from pellucid.bench import extend as protocol
    from pellucid.bench.extend_scores import METRICS
    from pellucid.bench.voice import table

    rows = []
    for row in protocol.measure(speech, count, from_rate, int(to_rate)):
        rows.append(row)
        click.echo(f"{len(rows)}/{2 * count} {row.method}", err=True)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=1))
        return
    click.echo(table(rows, metrics=METRICS))
    click.echo("\n" + table(rows, by=lambda row: row.speaker, metrics=METRICS))
