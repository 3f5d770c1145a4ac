"""What was measured, reduced to numbers, and what it says of each claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from pellucid.lab.transport.problem import outside_balls
from pellucid.lab.verdict import LOWER, Interval, Span, Verdict, interval_of, verdict_on
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.brenier import Potential

HALVED = 0.5  # what the map should leave of the variation
HEAD = 0.1  # how far, relatively, the head's share of points may be from that of the area
DECADE, DOUBLED = 10.0, 2.0  # of the step size; of the residual
AGREE, EXACT = 0.99, 1e-6
NEW = 0.9  # of the points, with nothing off the data
CLOSE = 0.05  # how much more uneven a learned map may be
BUMP = 1e-5  # of a coordinate, either way
SAME = 1e-6  # how far two places may be apart and be one
SECONDS, RESIDUAL = 3.0, 1e-8  # what was asked of 1000 atoms
TARGET_ATOMS = 1000


@dataclass(frozen=True)
class Judged:
    """A claim, what was measured in words, and what that says."""

    claim: str
    measured: str
    verdict: Verdict


def gradients(potential: Potential, points: Array) -> dict[str, float]:
    """x - ∇φ(x), φ differentiated numerically, beside T(x).

    agree: the share of points where they are one place; else the points of a difference lie in two
    cells. worst: the largest distance where they agree. wasserstein_1: what the same formula misses
    its atom by with cost |x - y|, root mean square.
    """
    found = points - _slope(potential.kantorovich, points)
    apart = np.linalg.norm(found - potential.transport(points), axis=1)
    same = apart < SAME
    # φ(x) = min_i |x - y_i|, the potential of Wasserstein-1 for free shares: a slope of 1.
    nearest = Potential(potential.atoms, -(potential.atoms**2).sum(1) / 2)
    other = points - _slope(lambda x: np.linalg.norm(x - nearest.transport(x), axis=1), points)
    missed = np.linalg.norm(other - nearest.transport(points), axis=1)
    return {
        "agree": float(same.mean()), "worst": float(apart[same].max(initial=0)),
        "wasserstein_1": float(np.sqrt((missed**2).mean())),
    }  # fmt: skip


def _slope(function: Callable[[Array], Array], points: Array) -> Array:
    """(K, D): central differences."""
    bumps = BUMP * np.eye(points.shape[1])
    parts = [(function(points + b) - function(points - b)) / (2 * BUMP) for b in bumps]
    return np.stack(parts, 1)


def off_and_new(made: Array, potential: Potential, apart: float) -> dict[str, float]:
    """Of codes (K, D): the share in neither ball, and the share that is no atom itself."""
    known = {row.tobytes() for row in potential.atoms}
    new = np.array([row.tobytes() not in known for row in made])
    return {"off": float(outside_balls(made, apart).mean()), "new": float(new.mean())}


def judge(numbers: Mapping[str, Any]) -> list[Judged]:
    """What the parts that are done, by name, say of the claims about them."""
    return [one for part in JUDGES if part in numbers for one in JUDGES[part](numbers[part])]


def _fast(numbers: Mapping[str, Any]) -> Iterator[Judged]:
    for row in numbers["rows"]:
        if row["atoms"] == TARGET_ATOMS:
            right = row["residual"] < RESIDUAL and row["seconds"] <= SECONDS
            yield Judged(
                f"{TARGET_ATOMS} atoms in the plane: every area's relative error is below "
                f"{RESIDUAL:.0e} within {SECONDS:g} s",
                f"{row['residual']:.1e} after {row['steps']} steps, {row['seconds']:.2f} s",
                _plain(right),
            )


def _rates_matter(numbers: Mapping[str, Any]) -> Iterator[Judged]:
    rates = np.array(numbers["rates"])
    factors = {}
    for row in numbers["rows"]:
        beside = np.abs(np.log10(rates * DECADE / row["best"])).argmin()
        factors[row["dimension"]] = row["residuals"][beside] / min(row["residuals"])
    words = ", ".join(f"{factor:.1f} times in {d}-D" for d, factor in factors.items())
    right = min(factors.values()) >= DOUBLED
    yield Judged(
        "A step size a decade too small at least doubles the held-out residual", words,
        _plain(right),
    )  # fmt: skip


def _closed_form(numbers: Mapping[str, Any]) -> Iterator[Judged]:
    both = (numbers["exact"], numbers["learned"])
    right = all(one["agree"] >= AGREE and one["worst"] < EXACT for one in both)
    words = " and ".join(f"{100 * one['agree']:.1f} %" for one in both)
    yield Judged(
        "x − ∇φ(x) is T(x): exact in the plane, estimated in 8-D",
        f"{words} of the points, to {max(one['worst'] for one in both):.0e}; the rest lie within "
        "a difference of a ridge", _plain(right),
    )  # fmt: skip
    yield Judged(
        "What the map costs is what the potentials bound it by",
        f"{numbers['cost']:.6f}, the bound {numbers['gap']:.0e} from it",
        _plain(numbers["gap"] < EXACT),
    )  # fmt: skip
    yield Judged(
        "x − ∇φ(x) is T(x) for the cost of Wasserstein-1, the distance, as well",
        f"misses its atom by {numbers['exact']['wasserstein_1']:.2f} of the square's side",
        _plain(numbers["exact"]["wasserstein_1"] < EXACT),
    )  # fmt: skip


def _bridges(numbers: Mapping[str, Any]) -> Iterator[Judged]:
    for dimension, rows in numbers["rows"].items():
        clean = [row for row in rows if row["off"] == 0]
        best = max(clean, key=lambda row: row["new"]) if clean else rows[0]
        yield Judged(
            f"There is an angle at which no code is off the data and {100 * NEW:.0f} % of the "
            f"points still make new ones, {dimension}-D",
            f"at {best['widest']:g} rad {100 * best['new']:.1f} % new, {100 * best['off']:.1f} % "
            f"off; all bridged: {100 * rows[-1]['off']:.1f} % off",
            _plain(best["off"] == 0 and best["new"] >= NEW),
        )


def _even(numbers: Mapping[str, Any]) -> Iterator[Judged]:
    before, after = numbers["without"], numbers["with"]
    yield Judged(
        "The map at least halves the coefficient of variation",
        f"{before['variation']:.3f} to {after['variation']:.3f}; uniform points: "
        f"{after['noise']:.3f}", _plain(after["variation"] <= HALVED * before["variation"]),
    )  # fmt: skip
    share = numbers["head area"]
    yield Judged(
        "With the map the head has its share of the points, to a tenth",
        f"{100 * before['head']:.1f} to {100 * after['head']:.1f} %; of the area "
        f"{100 * share:.1f} %", _plain(abs(after["head"] / share - 1) <= HEAD),
    )  # fmt: skip


def _trainings(numbers: Mapping[str, Any]) -> Iterator[Judged]:
    exact, learned, two, one = dict.fromkeys(row["way"] for row in numbers["rows"])
    for key, words in (("variation", "CV"), ("distance", "distance to the surface")):
        difference = _paired(numbers["rows"], one, two, key)
        yield Judged(
            f"One training of G∘T makes a lower {words} than two trainings",
            difference.told(3), verdict_on(LOWER, difference),
        )  # fmt: skip
    difference = _paired(numbers["rows"], learned, exact, "variation")
    yield Judged(
        f"A learned map is as even as the exact one (CV at most {CLOSE} more)",
        difference.told(3), verdict_on(Span(-np.inf, CLOSE), difference),
    )  # fmt: skip


def mean_of(rows: Sequence[Mapping[str, Any]], way: str, key: str) -> float:
    """Over the seeds."""
    return fmean(row[key] for row in rows if row["way"] == way)


def _paired(rows: Sequence[Mapping[str, Any]], one: str, other: str, key: str) -> Interval:
    by_way = [[row[key] for row in rows if row["way"] == way] for way in (one, other)]
    return interval_of([a - b for a, b in zip(*by_way, strict=True)])


def _plain(right: bool) -> Verdict:
    return "holds" if right else "fails"


JUDGES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Judged]]] = {
    "newton": _fast, "rates": _rates_matter, "potential": _closed_form, "tears": _bridges,
    "surface": _even, "networks": _trainings,
}  # fmt: skip
