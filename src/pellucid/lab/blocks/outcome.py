"""What was measured: multiplications beside milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """milliseconds: the median of the rounds, least: the shortest; ratio: to the first of its
    table, the median over rounds.
    """

    name: str
    macs: int
    parameters: int
    milliseconds: float
    least: float
    ratio: float


@dataclass(frozen=True)
class Run:
    """load: processes that wanted a core, by the system, before and after."""

    blocks: tuple[Measured, ...]
    windows: tuple[Measured, ...]
    load: tuple[float, float]


def run_of(values: Mapping[str, Any]) -> Run:
    """From what `dataclasses.asdict` made."""
    parts = {key: tuple(Measured(**one) for one in values[key]) for key in ("blocks", "windows")}
    return Run(**parts, load=tuple(values["load"]))


def paper_ratios(windows: tuple[Measured, ...]) -> list[tuple[str, float, float]]:
    """What is said of small kernels: which pair, the ratio of MACs, the ratio of milliseconds."""
    by = {one.name: one for one in windows}
    pairs = (
        ("two 3x3", "5x5"),
        ("three 3x3", "7x7"),
        ("3x3", "5x5"),
        ("3x3", "7x7"),
        ("1x1", "3x3"),
    )
    return [
        (f"{a} against {b}", by[a].macs / by[b].macs, by[a].ratio / by[b].ratio) for a, b in pairs
    ]
