"""What theory says of the number of pieces: bounds from above, a bound from below, an estimate.

Widths are those of the input, of each layer of ReLUs, and of the output. On a slice the first
width is the slice's dimension: the network restricted to it is one with so many inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from math import comb, factorial, prod


def parts(dimension: int, hyperplanes: int) -> int:
    """The most parts into which so many hyperplanes cut a space. Source: Zaslavsky 1975."""
    return sum(comb(hyperplanes, i) for i in range(min(dimension, hyperplanes) + 1))


def lei(widths: Sequence[int]) -> int:
    """At most so many. Source: Lei et al. 2018, theorem 4.5.

    Its last factor is for the output layer, which has no ReLU here: it only makes it looser.
    """
    return prod(parts(a, b) for a, b in pairwise(widths))


def montufar(widths: Sequence[int]) -> int:
    """At most so many: no layer sees more dimensions than the narrowest before it.

    Source: Montúfar 2017, proposition 3.
    """
    return prod(parts(min(widths[:i]), widths[i]) for i in range(1, len(widths) - 1))


def serra(widths: Sequence[int]) -> int:
    """At most so many: units that block take dimensions away.

    Source: Serra et al. 2018, theorem 1.
    """
    hidden = tuple(widths[1:-1])

    @cache
    def below(layer: int, dimensions: int) -> int:
        if layer == len(hidden):
            return 1
        width = hidden[layer]
        return sum(
            comb(width, blocked) * below(layer + 1, min(dimensions, width - blocked))
            for blocked in range(min(dimensions, width) + 1)
        )

    return below(0, widths[0])


def reachable(widths: Sequence[int]) -> int:
    """Some weights reach at least so many. Source: Montúfar et al. 2014, theorem 5.

    For hidden layers no narrower than the input.
    """
    *folding, last = widths[1:-1]
    folds = prod((width // widths[0]) ** widths[0] for width in folding)
    return int(folds) * parts(widths[0], last)


def typical(widths: Sequence[int]) -> float:
    """About so many regions at random weights: units**inputs / inputs!, however deep.

    Source: Hanin and Rolnick 2019, "Deep ReLU networks have surprisingly few activation patterns",
    theorem 5, with its constant taken as 1.
    """
    return float(sum(widths[1:-1])) ** widths[0] / factorial(widths[0])
