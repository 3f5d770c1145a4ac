"""Writes measured results as a page, as JSON and as figures; no number is written by hand.

Nothing depends on the date or on a path, so two runs can be compared with `diff`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pellucid.bench import page
from pellucid.bench.suite import Measured
from pellucid.errors import MissingExtraError

PAGE, DATA = "results.md", "results.json"
DIGITS = 4


@dataclass(frozen=True)
class Report:
    """What was measured. command: what makes it again. machine: what it ran on.

    ours: the names of our own methods, for the figures; the first is the one in `worst`.
    macs: multiply-accumulates for one 480x360 picture, of the methods that are known to.
    """

    command: str
    machine: str
    measured: Measured
    ours: tuple[str, ...] = ()
    macs: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it, numbers rounded to four digits after the point."""
        measured = self.measured
        everything = {
            "command": self.command,
            "machine": self.machine,
            "macs": dict(self.macs),
            "calls": [result.to_dict() for result in measured.calls],
            "stills": measured.stills and measured.stills.to_dict(),
            "robust": measured.robust and measured.robust.to_dict(),
            "worst": [crop.to_dict() for crop in measured.worst],
        }
        rounded: dict[str, Any] = _rounded(everything)
        return rounded

    def to_markdown(self, figures: Mapping[str, str] | None = None) -> str:
        """The page. figures: by section, the Markdown that shows its figure."""
        shown = figures or {}
        parts = [f"# Results\n\nMade by `{self.command}` on {self.machine}."]
        parts += [
            page.call_section(result, shown.get(result.protocol.codec, ""))
            for result in self.measured.calls
        ]
        parts += [shown[name] for name in ("cost", "worst") if name in shown]
        if self.measured.stills:
            parts.append(page.stills_section(self.measured.stills))
        if self.measured.robust:
            parts.append(page.robust_section(self.measured.robust))
        return "\n\n".join(parts) + "\n"


def write_report(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write results.md, results.json and the figures into `folder`, which is made.

    Returns their paths, the page and the data first. Raises MissingExtraError, MediaError.
    """
    check_figures()
    from pellucid.bench import figures

    folder.mkdir(parents=True, exist_ok=True)
    drawn = figures.draw(report, folder)
    target, data = folder / PAGE, folder / DATA
    shown = {figure.section: figure.markdown for figure in drawn}
    target.write_text(report.to_markdown(shown), encoding="utf-8")
    data.write_text(json.dumps(report.to_dict(), indent=1, allow_nan=False) + "\n", "utf-8")
    return target, data, *(folder / figure.file for figure in drawn)


def check_figures() -> None:
    """Raise MissingExtraError when figures cannot be drawn: ask before hours of measuring."""
    try:
        import matplotlib  # noqa: F401 - in a function, so that the command line starts fast
    except ImportError as error:
        raise MissingExtraError('figures need matplotlib: pip install "pellucid[bench]"') from error


def describe_machine() -> str:
    """The processor, how many of its cores we may use, the system and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"{_processor()}, {cores} cores, {system}, Python {platform.python_version()}"


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "an unnamed processor"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value
