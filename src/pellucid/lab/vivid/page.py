"""The page docs/vivid.md, from the journal: how vivid looks, what each constraint did, crops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.bench.table import table
from pellucid.lab.vivid.intro import INTRO, trainings_alone
from pellucid.lab.vivid.trainings import trainings

Row = dict[str, Any]
ORDER = {"bicubic": 0, "standard": 1, "vivid 0.5": 2, "vivid": 3}  # of the lines; others below
JUDGES = {  # of pictures: title and digits
    "feature": ("feature distance", 4),
    "ssimulacra2": ("SSIMULACRA2", 2),
    "flip": ("FLIP", 4),
    "vmaf": ("VMAF", 2),
    "vmaf_neg": ("VMAF-NEG", 2),
    "psnr": ("PSNR-Y, dB", 2),
    "flicker": ("flicker / bicubic's", 3),
}


def page(
    rows: Sequence[Row], recipe: Mapping[str, Any], command: str, machine: str, drawn: Sequence[str]
) -> str:
    """The whole page. recipe: of the trainings. drawn: names of pictures, in their order."""
    judged = any(row["kind"] in ("call", "still") for row in rows)
    intro = INTRO if judged else trainings_alone(recipe)
    parts = [intro.strip(), f"Made by `{command}` on {machine}."]
    if any(row["kind"] == "call" for row in rows):
        parts += ["## Through calls", _calls(rows)]
    if any(row["kind"] == "still" for row in rows):
        parts += ["## Clean stills", _stills(rows)]
    parts += [f"![{name}]({name})" for name in drawn]
    parts += trainings(rows)
    return "\n\n".join(parts) + "\n"


def _calls(rows: Sequence[Row]) -> str:
    own = [row for row in rows if row["kind"] == "call"]
    clips = list(dict.fromkeys(row["clip"] for row in own))
    codecs = list(dict.fromkeys(row["codec"] for row in own))
    told = (
        f"Call protocol (V1), {len(clips)} clips ({', '.join(clips)}), 30 frames each: feature "
        "distance and FLIP (lower is better), SSIMULACRA2 (higher is better) of luma on two "
        "frames; VMAF, VMAF-NEG, PSNR and flicker on all. An empty cell was not measured."
    )
    parts = [told]
    for codec in codecs:
        for rate in sorted({row["rate"] for row in own}):
            some = [row for row in own if (row["codec"], row["rate"]) == (codec, rate)]
            parts += [f"**{codec}, {rate} kbit/s**", _scores(some)]
    return "\n\n".join(parts)


def _stills(rows: Sequence[Row]) -> str:
    own = [row for row in rows if row["kind"] == "still"]
    parts = ["Halved by MATLAB's bicubic (V2), luma."]
    for name in dict.fromkeys(row["set"] for row in own):
        some = [row for row in own if row["set"] == name]
        count = len({row["picture"] for row in some})
        parts += [f"**{name}, {count} pictures**", _scores(some)]
    return "\n\n".join(parts)


def _scores(rows: Sequence[Row]) -> str:
    """One line a method, the mean of each number that its rows have; bicubic is the first."""
    names = [name for name in JUDGES if any(name in row for row in rows)]
    names_of = list(dict.fromkeys(row["method"] for row in rows))
    methods = sorted(names_of, key=lambda method: ORDER.get(method, len(ORDER)))
    lines = []
    for method in methods:
        own = [row for row in rows if row["method"] == method]
        lines.append([method, *(_cell(own, rows, name) for name in names)])
    return table(["", *(JUDGES[name][0] for name in names)], lines)


def _cell(own: Sequence[Row], rows: Sequence[Row], name: str) -> str:
    if not all(name in row for row in own):
        return ""
    mean = _mean([row[name] for row in own])
    if name == "flicker":
        mean /= _mean([row[name] for row in rows if row["method"] == "bicubic"])
    return f"{mean:.{JUDGES[name][1]}f}"


def _mean(values: Sequence[float | None]) -> float:
    return float(np.mean([value for value in values if value is not None]))
