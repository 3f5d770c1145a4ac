"""Means over seeds, and what they say of each claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, stdev

from pellucid.lab.collapse.arms import ARMS
from pellucid.lab.journal import Row
from pellucid.lab.transport.outcome import Judged
from pellucid.lab.verdict import Verdict

GOOD = 0.9  # of the samples
LOST = {"grid": 1}  # modes that may be missing of 25
FULL = 0.5  # of what was meant: a smallest singular value that is no collapse


def told(values: Sequence[float], digits: int) -> str:
    """A mean, and the standard deviation between seeds."""
    if len(values) < 2:
        return f"{values[0]:.{digits}f}"
    return f"{fmean(values):.{digits}f} ± {stdev(values):.{digits}f}"


def scores_of(row: Row, key: str) -> list[float]:
    """One score, of each seed."""
    return [float(one[key]) for one in row["scores"]]


def judge(name: str, rows: Sequence[Row]) -> Iterator[Judged]:
    """What the arms that are done on one data set say."""
    by_arm: Mapping[str, Row] = {row["arm"]: row for row in rows}
    modes = by_arm["truth"]["modes"]
    if "plain" in by_arm:
        kept = scores_of(by_arm["plain"], "modes")
        lost = sum(one < modes for one in kept)
        claim = f"{name}: a plain GAN loses modes in most seeds"
        yield Judged(claim, f"in {lost} of {len(kept)}", _plain(2 * lost > len(kept)))
    for arm in ("local", "tangent", "latent", "all"):
        if arm in by_arm:
            yield _kept(name, by_arm[arm], modes - LOST.get(name, 0))
    yield from _ranks(name, by_arm)


def _kept(name: str, row: Row, wanted: int) -> Judged:
    kept, quality = scores_of(row, "modes"), scores_of(row, "quality")
    arm = "all three" if row["arm"] == "all" else f"{row['arm']} alone"
    claim = f"{name}: {arm} keeps {wanted} modes or more with {100 * GOOD:.0f} % good in every seed"
    measured = f"at least {min(kept):.0f} modes, {100 * min(quality):.1f} % good"
    return Judged(claim, measured, _plain(min(kept) >= wanted and min(quality) >= GOOD))


def _ranks(name: str, by_arm: Mapping[str, Row]) -> Iterator[Judged]:
    for arm in ARMS:
        if arm in by_arm and ARMS[arm].tangent:
            least = min(by_arm[arm]["smallest"])
            claim = f"{name}: with the tangent term ({arm}) J keeps its rank, σ_min ≥ {FULL:g}"
            yield Judged(claim, f"at least {least:.2f}", _plain(least >= FULL))


def _plain(right: bool) -> Verdict:
    return "holds" if right else "fails"
