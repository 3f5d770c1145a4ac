"""The same heights in any dimension, by Monte Carlo and Adam, from any source one can draw from.

The heights minimise E[max_i (⟨x, y_i⟩ + h_i)] - Σ share_i h_i, which is convex; its gradient is the
masses of the cells less the shares (Gu, Luo, Sun, Yau 2013), here counted in a batch. Adam is
Kingma and Ba 2015, as An et al. 2020 (AE-OT) use it. The step size decides, so several are tried,
and the masses of cells over points that none of them saw choose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pellucid.errors import FrameError
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.brenier import Potential

# Points (count, D) of the source.
Sample = Callable[[np.random.Generator, int], Array]
MEANS, SQUARES = 0.9, 0.99  # how much of Adam's running moments stays
EXACT = 1e-9  # how far from 1 the sum of the shares may be
TINY = 1e-12  # a mass; Adam's usual 1e-8 is no longer small beside squared masses of cells
AVERAGED = 0.25  # of the steps, the last: their mean is the answer


@dataclass(frozen=True)
class Settings:
    """rates: step sizes to try, in units of the spread of the planes' heights over the source.

    steps: of each. batch: points a step. held_out: points to choose by, others than those.
    Raises FrameError for what leaves nothing to do.
    """

    rates: Sequence[float] = (0.001, 0.003, 0.01, 0.03, 0.1)
    steps: int = 500
    batch: int = 4096
    held_out: int = 65_536

    def __post_init__(self) -> None:
        """Refuse what leaves nothing to do."""
        if not self.rates or min(self.rates) <= 0:
            raise FrameError(f"rates: expected some above 0, got {self.rates}")
        for name in ("steps", "batch", "held_out"):
            if getattr(self, name) < 1:
                raise FrameError(f"{name}: expected 1 or more, got {getattr(self, name)}")


@dataclass(frozen=True, eq=False)
class Estimate:
    """rate: the step size that was chosen. residuals: held-out, of every rate.

    floor: the residual that exact heights would show, from counting so few points.
    """

    potential: Potential
    rate: float
    residuals: Mapping[float, float]
    floor: float


def estimate(
    atoms: Array,
    shares: Array,
    sample: Sample,
    rng: np.random.Generator,
    settings: Settings | None = None,
    on_rate: Callable[[float, float], None] = lambda rate, residual: None,
) -> Estimate:
    """Heights for atoms (N, D) with shares (N,), each cell's mass near its share.

    on_rate: hears of each rate that was tried and its held-out residual. Raises FrameError for
    shapes and shares that do not fit.
    """
    check_shares(shares, len(atoms))
    settings = settings or Settings()
    held_out = sample(rng, settings.held_out)
    # <x, y> of the first points, spread around what all atoms have in common.
    scale = float((held_out[:1000] @ (atoms - atoms.mean(0)).T).std()) or 1.0
    found: dict[float, tuple[float, Potential]] = {}
    for rate in settings.rates:
        heights = _adam(atoms, shares, sample, rng, settings, rate * scale)
        potential = Potential(atoms, heights)
        found[rate] = residual(potential, shares, held_out), potential
        on_rate(rate, found[rate][0])
    best = min(found, key=lambda rate: found[rate][0])
    floor = float(np.sqrt((len(atoms) - 1) / settings.held_out))
    return Estimate(found[best][1], best, {rate: one[0] for rate, one in found.items()}, floor)


def check_shares(shares: Array, count: int) -> None:
    """Raises FrameError unless they are `count` numbers above 0 that make 1."""
    if shares.shape != (count,) or not np.all(shares > 0) or abs(shares.sum() - 1) > EXACT:
        raise FrameError(f"shares: expected {count} above 0 with the sum 1, got {shares.shape}, "
                         f"sum {shares.sum():.6g}")  # fmt: skip


def residual(potential: Potential, shares: Array, points: Array) -> float:
    """How far the cells' masses are from the shares: sqrt(Σ (mass_i - share_i)² / share_i).

    0 is exact; a share-weighted root mean square of what is wrong, relative to the shares.
    """
    return float(np.sqrt(((masses(potential, points) - shares) ** 2 / shares).sum()))


def masses(potential: Potential, points: Array) -> Array:
    """(N,): the share of the points that is in each cell."""
    return np.bincount(potential.winner(points), minlength=len(potential.atoms)) / len(points)


def centres(potential: Potential, points: Array) -> Array:
    """(N, D): the mean of the points in each cell; NaN where there are none."""
    winners = potential.winner(points)
    counts = np.bincount(winners, minlength=len(potential.atoms)).astype(float)
    sums = np.zeros_like(potential.atoms)
    np.add.at(sums, winners, points)
    return np.asarray(sums / np.where(counts > 0, counts, np.nan)[:, None])


def cube(dimension: int) -> Sample:
    """Uniform on the unit cube."""
    return lambda rng, count: rng.random((count, dimension))


def normal(dimension: int) -> Sample:
    """Standard normal."""
    return lambda rng, count: rng.standard_normal((count, dimension))


def _adam(
    atoms: Array,
    shares: Array,
    sample: Sample,
    rng: np.random.Generator,
    settings: Settings,
    step: float,
) -> Array:
    """Heights of mean 0 from those of nearest neighbours; the step falls as half a cosine."""
    centred = atoms - atoms.mean(0)
    heights = -(centred**2).sum(1) / 2
    mean, square = np.zeros_like(heights), np.zeros_like(heights)
    total, averaged = np.zeros_like(heights), max(round(AVERAGED * settings.steps), 1)
    for number in range(1, settings.steps + 1):
        points = sample(rng, settings.batch)
        gradient = masses(Potential(centred, heights), points) - shares
        mean = MEANS * mean + (1 - MEANS) * gradient
        square = SQUARES * square + (1 - SQUARES) * gradient**2
        size = np.sqrt(square / (1 - SQUARES**number)) + TINY
        now = step * (1 + np.cos(np.pi * (number - 1) / settings.steps)) / 2
        heights = heights - now * mean / (1 - MEANS**number) / size
        if number > settings.steps - averaged:
            total += heights
    return np.asarray(total / averaged - (total / averaged).mean())
