"""Which colour and line a method has in every figure: ours strong, the classical ways grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pellucid.bench.call_result import ANCHOR, DIRECT

# After Okabe and Ito 2008, so that colour-blind readers tell them apart; the pale ones darkened,
# because the labels have them too. The strongest is ours.
OURS = ("#D55E00", "#8C2D04")
PEERS = ("#0072B2", "#009E73", "#B8578F", "#3B9FD8", "#7A6A00", "#5D3A9B")
GREY, FAINT = "#555555", "#8C8C8C"


@dataclass(frozen=True)
class Look:
    """How a method is drawn."""

    colour: str
    dash: str = "-"
    width: float = 1.3


CLASSICAL = {
    DIRECT: Look(GREY, ":", 1.5),
    ANCHOR: Look(GREY, "--", 1.5),
    "lanczos": Look(FAINT),
}


def looks_of(methods: Sequence[str], ours: Sequence[str]) -> dict[str, Look]:
    """A look for each method; a sharpened one has its method's colour, dash-dotted."""
    plain = list(dict.fromkeys(_plain(method) for method in methods))
    own = [method for method in plain if method in ours]
    peers = [method for method in plain if method not in ours and method not in CLASSICAL]
    looks = dict(CLASSICAL)
    looks |= {name: Look(OURS[index % len(OURS)], "-", 2.8) for index, name in enumerate(own)}
    looks |= {name: Look(PEERS[index % len(PEERS)]) for index, name in enumerate(peers)}
    return {
        method: looks[method] if method in looks else _sharp(looks[_plain(method)])
        for method in methods
    }


def _plain(method: str) -> str:
    return method.partition(" +")[0]


def _sharp(look: Look) -> Look:
    return Look(look.colour, "-.", min(look.width, 1.8))
