"""The page of the classifier's protocol: tables, and where it does worst."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from pellucid.audio.keep import WAYS
from pellucid.audio.labels import Label
from pellucid.audio.listen import DELAY
from pellucid.bench import listen_items
from pellucid.bench.listen import Judged, Kept, interval
from pellucid.bench.voice_page import head

WORST = 8
OURS = "pellucid"
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """All that was measured. pushes: ms of a push of 20 ms, by sample rate."""

    command: str
    machine: str
    rows: Sequence[Judged]
    kept: Sequence[Kept]
    pushes: dict[int, float]


def page(found: Found) -> str:
    """Markdown."""
    ours = [row for row in found.rows if row.method == OURS]
    others = [row for row in found.rows if row.method != OURS]
    truth = (listen_items.__doc__ or "").split("\n\n", 1)[1].strip()
    parts = [
        head("Speech, music, noise, silence", found.command, found.machine),
        f"```\n{truth}\n```",
        "Recordings are brought to -26 dB of full scale in their active frames. Each number is the "
        "mean over recordings with its 95 % interval: the share of the frames that got their "
        f"label, decided {DELAY} frames ({20 * DELAY} ms) behind; changes of the label that are "
        "wrong (no change to it within 0.3 s is true), a minute; ms of one thread a frame, whole "
        "files.",
        _scenes(ours),
        "## Which is taken for which",
        "Frames of the recordings alone, in % of each true label.",
        _confusion([row for row in ours if row.scene in listen_items.FOLDERS.values()]),
        "## Speech against the rest",
        "Share of the frames that are right, in %, and wrong switches a minute. The detectors "
        "answer sooner (20 to 32 ms); gaps below 0.2 s of theirs are closed, as ours are.",
        _across(others),
        "## A push at a time",
        f"Median ms of a push of 20 ms: {_pushes(found.pushes)}.",
        "## What the denoiser leaves",
        'SI-SDR in dB of music, and of the voice over noise, behind `denoise`: music="auto" as it '
        'is by default, "clean" as if it heard no music.',
        _kept(found.kept),
        "## Where it does worst",
        _worst(ours),
    ]
    return "\n\n".join(parts)


def write(folder: Path, text: str, found: Found) -> None:
    """classify.md and classify.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classify.md").write_text(text.rstrip() + "\n", "utf-8")
    (folder / "classify.json").write_text(as_json(found) + "\n", "utf-8")


def as_json(found: Found) -> str:
    """All rows; one line each, for diffs."""
    rows = [*map(asdict, found.rows), *map(asdict, found.kept)]
    lines = ",\n".join(json.dumps(row) for row in rows)
    pushes = json.dumps(found.pushes)
    return f'{{"command": {json.dumps(found.command)}, "pushes": {pushes}, "rows": [\n{lines}\n]}}'


def _scenes(rows: Sequence[Judged]) -> str:
    table = [["", "recordings", "frames right, %", "wrong switches a minute", "ms a frame"]]
    for scene, some in _grouped(rows, lambda row: row.scene).items():
        ms = float(np.median([row.ms for row in some]))
        right = interval([row.accuracy for row in some])
        table.append([scene, str(len(some)), right, _switches(some), f"{ms:.3f}"])
    return _markdown(table)


def _confusion(rows: Sequence[Judged]) -> str:
    counts = np.sum([row.counts for row in rows], axis=0)
    table = [["true / told", *map(str, Label), "frames"]]
    for label, line in zip(Label, counts, strict=True):
        shares = [f"{100 * each / max(line.sum(), 1):.1f}" for each in line]
        table.append([str(label), *shares, f"{line.sum():,}"])
    return _markdown(table)


def _across(rows: Sequence[Judged]) -> str:
    methods = list(dict.fromkeys(row.method for row in rows))
    table = [["", *methods]]
    for scene, some in _grouped(rows, lambda row: row.scene).items():
        by = _grouped(some, lambda row: row.method)
        cells = [f"{interval([r.accuracy for r in by[m]])}, {_switches(by[m])}" for m in methods]
        table.append([scene, *cells])
    speeds = [np.median([r.ms for r in rows if r.method == name]) for name in methods]
    return _markdown([*table, ["ms a frame", *(f"{ms:.3f}" for ms in speeds)]])


def _switches(rows: Sequence[Judged]) -> str:
    """Wrong ones, a minute."""
    return f"{60 * sum(row.switches for row in rows) / sum(row.seconds for row in rows):.1f}"


def _kept(kept: Sequence[Kept]) -> str:
    table = [["", *WAYS, "auto above clean"]]
    for scene, some in _grouped(kept, lambda row: row.scene).items():
        cells = [interval([row.si_sdr[way] for row in some]) for way in WAYS]
        gains = interval([row.si_sdr[WAYS[0]] - row.si_sdr[WAYS[1]] for row in some], 2)
        table.append([scene, *cells, gains])
    return _markdown(table)


def _worst(rows: Sequence[Judged]) -> str:
    order = sorted(rows, key=lambda row: row.accuracy)[:WORST]
    lines = [
        f"{n}. {row.scene}: {row.name}, {row.accuracy:.1f} %" for n, row in enumerate(order, 1)
    ]
    return "\n".join(lines)


def _pushes(pushes: dict[int, float]) -> str:
    return ", ".join(f"{ms:.3f} at {rate} Hz" for rate, ms in pushes.items())


def _grouped(rows: Iterable[T], by: Callable[[T], str]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(by(row), []).append(row)
    return groups


def _markdown(table: Sequence[Sequence[str]]) -> str:
    lines = [table[0], ["---"] * len(table[0]), *table[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
