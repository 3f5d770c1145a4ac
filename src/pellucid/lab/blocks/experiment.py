"""The experiment: times, and a page of them beside what `lab compress` found of quality."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pellucid.bench.report import describe_machine
from pellucid.lab.blocks.page import page
from pellucid.lab.blocks.plots import draw
from pellucid.lab.blocks.solver import measure
from pellucid.lab.compress.arms import LIGHT
from pellucid.lab.compress.outcome import Measured, clips

DATA, PAGE, FIGURE = "blocks.json", "blocks.md", "blocks.png"


def run(out: Path, rounds: int, command: str, quality: Path) -> Path:
    """Measure and write. quality: the journal of `lab compress`, where there is one."""
    out.mkdir(parents=True, exist_ok=True)
    found = measure(rounds)
    (out / DATA).write_text(json.dumps(asdict(found), indent=1) + "\n")
    draw(found, gains_of(quality), out / FIGURE, command)
    (out / PAGE).write_text(page(found, command, describe_machine()))
    return out / PAGE


def gains_of(journal: Path) -> dict[str, float]:
    """dB over bicubic on held-out clips, by block, of those that were trained."""
    lines = journal.read_text("utf-8").splitlines()[1:] if journal.exists() else []
    rows = [Measured(**json.loads(line)) for line in lines]
    return {one.arm: clips(one) for one in rows if one.arm in LIGHT}
