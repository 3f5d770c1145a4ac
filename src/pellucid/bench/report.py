"""Writes measured results as a page and as JSON; no number in either is written by hand.

Nothing depends on the date or on a path, so two runs can be compared with `diff`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pellucid.bench.call_result import DIRECT, CallResult, Metric
from pellucid.bench.stills import StillsResult

PAGE, DATA = "results.md", "results.json"
DIGITS = 4

CALL_TEXT = """Half size (area) → {codec} as in a call, {rates} kbit/s, {fps} frames a second
→ decoded → enlarged x2 → compared with the original. The first {frames} frames of each of
{clips} clips; means over clips and rates. BD-rate: how many more bits for the same quality than
*half size + bicubic*; negative is better. Flicker: grey levels a frame where the original stands
still. *{direct}* codes the original at the same target rates, nothing enlarged."""

STILLS_TEXT = """Halved by MATLAB-style bicubic in R'G'B', 8 bits, enlarged x2; luma of BT.601,
2 pixels of border cut off; PSNR in dB / SSIM, means over the pictures."""


@dataclass(frozen=True)
class Report:
    """What was measured. command: what makes it again. machine: what it ran on."""

    command: str
    machine: str
    calls: tuple[CallResult, ...] = ()
    stills: StillsResult | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it, numbers rounded to four digits after the point."""
        everything = {
            "command": self.command,
            "machine": self.machine,
            "calls": [result.to_dict() for result in self.calls],
            "stills": None if self.stills is None else self.stills.to_dict(),
        }
        rounded: dict[str, Any] = _rounded(everything)
        return rounded

    def to_markdown(self) -> str:
        """The page."""
        parts = [f"# Results\n\nMade by `{self.command}` on {self.machine}."]
        parts += [_call_section(result) for result in self.calls]
        if self.stills is not None:
            parts.append(_stills_section(self.stills))
        return "\n\n".join(parts) + "\n"


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write results.md and results.json into `folder`, which is made; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / PAGE, folder / DATA
    page.write_text(report.to_markdown(), encoding="utf-8")
    data.write_text(json.dumps(report.to_dict(), indent=1, allow_nan=False) + "\n", "utf-8")
    return page, data


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


def _call_section(result: CallResult) -> str:
    protocol = result.protocol
    text = CALL_TEXT.format(
        codec=protocol.codec,
        rates=", ".join(str(rate) for rate in protocol.kilobits),
        fps=protocol.fps,
        frames=protocol.frames,
        clips=len(result.clips),
        direct=DIRECT,
    )
    whole = _call_table(result)
    clips = [f"### {clip}\n\n{_call_table(result.of([clip]))}" for clip in result.clips]
    return "\n\n".join([f"## Calls, {protocol.codec}\n\n{text}", whole, *clips])


COLUMNS: tuple[tuple[str, Metric | str, str], ...] = (
    ("VMAF-NEG", "vmaf_neg", "{:.2f}"),
    ("PSNR-Y", "psnr", "{:.2f}"),
    ("SSIM", "ssim", "{:.4f}"),
    ("flicker", "flicker", "{:.3f}"),
    ("BD VMAF-NEG", "bd_vmaf_neg", "{:+.1f} %"),
    ("BD PSNR", "bd_psnr", "{:+.1f} %"),
    ("kbit/s", "kilobits", "{:.0f}"),
)


def _call_table(result: CallResult) -> str:
    summary = result.summary()
    columns = [column for column in COLUMNS if any(column[1] in row for row in summary.values())]
    rows = [
        [method, *(_cell(scores.get(key), form) for _, key, form in columns)]
        for method, scores in summary.items()
    ]
    return _table(["", *(title for title, _, _ in columns)], rows)


def _stills_section(result: StillsResult) -> str:
    rows = [
        [method, *(f"{s['psnr']:.2f} / {s['ssim']:.4f}" for s in folders.values())]
        for method, folders in result.summary().items()
    ]
    return f"## Stills\n\n{STILLS_TEXT}\n\n{_table(['', *result.folders], rows)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value
