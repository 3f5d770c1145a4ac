"""`pellucid bench conceal`: voices with packets missing, scored beside peers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pellucid.cli.bench_voice import FOLDER, OUT, collected

if TYPE_CHECKING:
    from pellucid.bench.conceal import LossItem, LossMethod, LossRow
    from pellucid.frames import Samples

INTRO = """Packets of 20 ms, up to 10 s of each voice. Means with 95 % intervals. RTF: seconds of
one thread for a second of sound. tPLCnet hears 10 ms ahead as well, and Opus is coded at 24 kbit/s;
the others neither. Share of lost packets, by kind of loss: {shares}."""


@click.command()
@click.option("--speech", type=FOLDER, required=True, help="Whole voices below it.")
@click.option("--masks", type=click.Path(path_type=Path, exists=True), multiple=True,
              required=True, help="A file or folder of loss masks; may be repeated.")  # fmt: skip
@click.option("--peer", "peer", type=click.Path(path_type=Path, exists=True),
              help="tPLCnet's TensorFlow Lite file.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), default=20, show_default=True,
              help="Items of each kind of loss; half as many of each class of bursts.")  # fmt: skip
@click.option("--rate", type=click.Choice(["16000", "48000"]), default="16000", show_default=True,
              help="Of the sound, in Hz.")  # fmt: skip
@click.option("--out", type=OUT, help="Write conceal.md, .json and .png there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def conceal(
    speech: Path,
    masks: tuple[Path, ...],
    peer: Path | None,
    count: int,
    rate: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Score voices whose lost packets were concealed: PLCMOS, PESQ-WB, eSTOI, by kind of loss."""
    from pellucid.bench import conceal as protocol
    from pellucid.bench import conceal_peers, report, voice_page
    from pellucid.bench.conceal_scores import METRICS
    from pellucid.bench.voice import table

    methods = [*protocol.FLOORS, protocol.LossMethod(protocol.OURS, protocol.ours)]
    methods.append(protocol.LossMethod(protocol.AHEAD, protocol.ahead))
    methods.append(protocol.LossMethod("Opus' decoder", conceal_peers.opus))
    if peer:
        methods.append(protocol.LossMethod(peer.stem, conceal_peers.TPlcNet(peer)))
    items = list(protocol.items(speech, masks, count, int(rate)))
    rows = collected(protocol.measure(items, methods))
    words = " ".join(f"--masks {path.name}" for path in masks)
    words += f" --peer {peer.name}" if peer else ""
    command = f"pellucid bench conceal --speech {speech.name} {words} --count {count} --rate {rate}"
    name = "conceal" if rate == "16000" else "conceal-48k"
    parts = [voice_page.head("Lost packets", command, report.describe_machine())]
    parts.append(INTRO.format(shares=_shares(rows)))
    for kind in dict.fromkeys(row.losses for row in rows):
        some = [row for row in rows if row.losses == kind]
        parts.append(f"## {kind}\n\n{table(some, metrics=METRICS)}")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        parts.append(_pictures(out, name, items, rows, methods[1:3]))
        voice_page.write_page(out, name, "\n\n".join(parts), rows)
    click.echo(json.dumps([asdict(row) for row in rows]) if as_json else "\n\n".join(parts))


def _shares(rows: Sequence[LossRow]) -> str:
    kinds = dict.fromkeys(row.losses for row in rows)
    means = {}
    for kind in kinds:
        shares = [row.share for row in rows if row.losses == kind]
        means[kind] = sum(shares) / len(shares)
    return ", ".join(f"{kind} {100 * mean:.1f} %" for kind, mean in means.items())


def _pictures(
    out: Path, name: str, items: Sequence[LossItem], rows: Sequence[LossRow],
    methods: Sequence[LossMethod],
) -> str:  # fmt: skip
    """Spectrograms of items by the two methods, by what the second was worth in PESQ-WB."""
    from pellucid.bench import voice_page
    from pellucid.bench.voice import gains

    own = [row for row in rows if row.method in {method.name for method in methods}]
    labels = [f"{item.speaker}, {item.losses}" for item in items]
    titles = (*(method.name for method in methods), "whole")

    def sounds(number: int) -> Sequence[Samples]:
        item = items[number]
        made = [m.conceal(item.whole, item.sample_rate, item.lost) for m in methods]
        return *made, item.whole

    worth = gains(own, methods[1].name, "pesq")
    shown = voice_page.show_items(out, name, worth, labels, items[0].sample_rate, titles, sounds)
    return f"## What it looks like\n\nGain of PESQ-WB over {methods[0].name}.\n\n{shown}"
