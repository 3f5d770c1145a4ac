"""The experiment part by part: of each, numbers as JSON and a figure, kept when it is done."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pellucid.bench.report import describe_machine
from pellucid.errors import RecipeError
from pellucid.lab.transport.page import page
from pellucid.lab.transport.parts import PARTS, Size
from pellucid.media.atomic import whole_file

PAGE = "transport.md"
DIGITS = 6  # significant
DPI = 90
COMPUTED = 0.98  # of a part; the rest is drawn and written


@dataclass(frozen=True)
class Plan:
    """parts: names, in the order of PARTS. command: what makes all of it again, without --only.

    Raises RecipeError for an unknown part.
    """

    parts: Sequence[str]
    size: Size
    seed: int
    command: str

    def __post_init__(self) -> None:
        """Refuse a part that is not there."""
        if unknown := set(self.parts) - set(PARTS):
            known = ", ".join(PARTS)
            raise RecipeError(f"parts: expected some of {known}, got {', '.join(sorted(unknown))}")

    def head(self, part: str) -> dict[str, Any]:
        """What a part's numbers are of."""
        command = f"{self.command} --only {part}"
        return {"part": part, "seed": self.seed, "size": asdict(self.size), "command": command}


def figure_of(part: str) -> str:
    """A file's name."""
    return f"transport-{part}.png"


def numbers_of(part: str) -> str:
    """A file's name."""
    return f"transport-{part}.json"


def missing(folder: Path, plan: Plan) -> list[str]:
    """The parts that are not done yet, of this size and seed."""
    return [part for part in plan.parts if _known(folder, plan, part) is None]


def make(folder: Path, plan: Plan, on_progress: Callable[[str, float], None]) -> None:
    """Do the missing parts; a part's files are there when it is done, whole, or not at all.

    on_progress: hears how much of a part is done, 0..1; of 1 when its files are there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for part in missing(folder, plan):
        on_progress(part, 0.0)
        made = PARTS[part].run(plan.size, plan.seed, partial(_passed_on, on_progress, part))
        with whole_file(folder / figure_of(part), overwrite=True) as path:
            made.figure.savefig(path, dpi=DPI)
        row = plan.head(part) | {"machine": describe_machine(), "numbers": _rounded(made.numbers)}
        with whole_file(folder / numbers_of(part), overwrite=True) as path:
            path.write_text(json.dumps(row, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        on_progress(part, 1.0)


def _passed_on(on_progress: Callable[[str, float], None], part: str, done: float) -> None:
    on_progress(part, COMPUTED * done)


def write_page(folder: Path, plan: Plan) -> Path:
    """The page of all parts that are done."""
    found = {part: _known(folder, plan, part) for part in PARTS}
    done = {part: row for part, row in found.items() if row is not None}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page(plan.command, done), encoding="utf-8")
    return folder / PAGE


def _known(folder: Path, plan: Plan, part: str) -> dict[str, Any] | None:
    """What a part found, if it was done like this and its figure is there as well."""
    path = folder / numbers_of(part)
    if not path.exists() or not (folder / figure_of(part)).exists():
        return None
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecipeError(f"{path}: no JSON; move it away") from error
    head = plan.head(part)
    same = isinstance(row, dict) and all(row.get(key) == head[key] for key in ("seed", "size"))
    return row if same else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value
