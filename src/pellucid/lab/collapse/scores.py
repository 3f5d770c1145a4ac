"""How many modes a generator keeps, and how well: the scores of VEEGAN and PacGAN, and newness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.lab.collapse.geometry import Array, Data, Marks, Numbers, nearest

NEW = 2500  # good samples at most whose newness is told


@dataclass(frozen=True)
class Scores:
    """modes: with a good sample at least. quality: the share of good samples, 0..1.

    reverse_kl: KL(made || true) over nearest modes, in nats. entropy: of the modes made, in nats.
    newness: how far good samples lie from those learned from, beside fresh ones of the truth:
    0 for copies, 1 for what is as new as they.
    Source: Srivastava et al. 2017 (modes, quality); Lin et al. 2018 (reverse KL). newness is ours.
    """

    modes: int
    quality: float
    reverse_kl: float
    entropy: float
    newness: float


def score(data: Data, made: Array) -> Scores:
    """Of samples (K, D); what is no number is never good, and counts for the first mode."""
    told, good = _judged(data, made)
    found = np.bincount(told, minlength=len(data.shares)) / len(made)
    kept = found > 0
    entropy = -(found[kept] * np.log(found[kept])).sum()
    kl = (found[kept] * np.log(found[kept] / data.shares[kept])).sum()
    newness = _newness(data, made[good])
    return Scores(modes_of(data, made), float(good.mean()), float(kl), float(entropy), newness)


def modes_of(data: Data, made: Array) -> int:
    """How many modes have a good sample."""
    told, good = _judged(data, made)
    return len(np.unique(told[good]))


def _judged(data: Data, made: Array) -> tuple[Numbers, Marks]:
    finite: Marks = np.asarray(np.isfinite(made).all(1))
    told, good = data.judge(np.where(finite[:, None], made, 0.0))
    marks: Marks = good & finite
    return np.where(finite, told, 0), marks


def _newness(data: Data, good: Array) -> float:
    if not len(good):
        return 0.0
    learned, fresh = data.learned, data.fresh(np.random.default_rng(1), NEW)
    usual = np.median(nearest(fresh[data.judge(fresh)[1]], learned))
    return float(np.median(nearest(good[:NEW], learned)) / usual)
