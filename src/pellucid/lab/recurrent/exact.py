"""What the guide says of sizes and of dropout, counted and computed instead of trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pellucid.lab.recurrent.nets import HIDDEN
from pellucid.lab.verdict import Span, Verdict
from pellucid.training.nets.recurrent import make_unit

DRAWS = 20_000
DROPPED = 0.2  # not a half, where both readings agree


@dataclass(frozen=True)
class Exact:
    """A claim and the number it is about. claimed: where that number lies if it is right."""

    text: str
    claimed: Span
    number: float

    @property
    def verdict(self) -> Verdict:
        """Without an interval there is nothing inconclusive."""
        return "holds" if self.claimed.low < self.number < self.claimed.high else "fails"


def exact() -> Iterator[Exact]:
    """All of them, computed now."""
    gru, lstm, sru = (_count(kind) for kind in ("gru", "lstm", "sru"))
    yield Exact("A GRU has 3/4 of an LSTM's parameters, exactly", _near(0.75, 1e-9), gru / lstm)
    yield Exact("An SRU has about half of a GRU's parameters", _near(0.5, 0.05), sru / gru)
    right, wrong, inverted = dropout_ratios(DROPPED)
    yield Exact(
        f"Units dropped with probability p = {DROPPED}, weights times p when testing: the mean "
        "stays as in training",
        _near(1, 0.02), wrong,
    )  # fmt: skip
    yield Exact("The same, weights times 1 - p", _near(1, 0.02), right)
    yield Exact(
        "Inverted scaling (kept units times 1 / (1 - p) in training, nothing when testing) gives "
        "the same mean",
        _near(1, 0.02), inverted,
    )  # fmt: skip


def dropout_ratios(p: float) -> tuple[float, float, float]:
    """What testing gives over the mean of what training gives, for a layer behind dropout.

    Units are dropped with probability p in training. When testing, weights are taken times 1 - p,
    times p, or as they are after an inverted scaling in training (torch's way). Source: Srivastava
    et al. 2014, section 4, where p is the probability to *keep* a unit.
    """
    torch.manual_seed(0)
    weight, units = torch.rand(32), torch.rand(32)
    kept = (torch.rand(DRAWS, 32) >= p).float()
    training = float((kept * units @ weight).mean())
    inverted = float((_inverted(units.expand(DRAWS, 32), p) @ weight).mean())
    whole = float(units @ weight)
    return (1 - p) * whole / training, p * whole / training, whole / inverted


def _inverted(units: Tensor, p: float) -> Tensor:
    made: Tensor = nn.functional.dropout(units, p, training=True)
    return made


def _count(kind: str) -> int:
    """Of a unit from HIDDEN numbers to HIDDEN, by looking."""
    return sum(p.numel() for p in make_unit(kind, HIDDEN, HIDDEN).parameters())


def _near(number: float, off: float) -> Span:
    return Span(number - off, number + off)
