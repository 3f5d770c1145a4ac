"""`pellucid bench playout`: our jitter buffer beside aiortc's, on the same packets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
import numpy as np

from pellucid.cli.bench_voice import OUT

if TYPE_CHECKING:
    from pathlib import Path

    from pellucid.bench.playout import PlayoutRow

INTRO = """Opus packets of 20 ms, one every 20 ms for {seconds:g} s; means of {seeds} seeds. Both
buffers get the same packets at the same times and are asked for 20 ms every 20 ms. Gaps are what
they do not have then, from the first sound on: Pellucid says so and the concealer fills them, a
listener behind aiortc gets silence. Dropped: packets that came and were never heard. Joined: pairs
of packets faded into one, to shorten the delay. Delay: from sending to hearing, in ms; the link's
own is in it. End: the mean of the last second."""
HEAD = ("", "", "lost", "gaps, ms", "longest", "dropped", "joined", "delay p50", "p95", "end")


@click.command()
@click.option("--seconds", type=click.FloatRange(25), default=60, show_default=True,
              help="How long the callers talk.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1), default=10, show_default=True,
              help="How many times each link is tried.")  # fmt: skip
@click.option("--out", type=OUT, help="Write playout.md and .json there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
def playout(seconds: float, seeds: int, out: Path | None, as_json: bool) -> None:
    """Count what a listener gets of a voice, beside aiortc: gaps, packets dropped, delay."""
    from pellucid.bench import playout as protocol
    from pellucid.bench import report, voice_page

    rows = list(protocol.measure(seconds, range(seeds)))
    command = f"pellucid bench playout --seconds {seconds:g} --seeds {seeds}"
    parts = [voice_page.head("When packets are heard", command, report.describe_machine())]
    parts += [INTRO.format(seconds=seconds, seeds=seeds), _table(rows)]
    if out:
        voice_page.write_page(out, "playout", "\n\n".join(parts), rows)
    click.echo(json.dumps([asdict(row) for row in rows]) if as_json else "\n\n".join(parts))


def _table(rows: Sequence[PlayoutRow]) -> str:
    lines = [HEAD, ("---",) * len(HEAD)]
    for link, method in dict.fromkeys((row.link, row.method) for row in rows):
        some = [row for row in rows if (row.link, row.method) == (link, method)]
        means = (
            float(np.mean([getattr(row, name) for row in some]))
            for name in ("lost", "gaps", "longest", "dropped", "joined", "p50", "p95", "end")
        )
        lines.append((link, method, *(f"{mean:.1f}".removesuffix(".0") for mean in means)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
