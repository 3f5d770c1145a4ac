"""What a stretch of sound is: speech, music, noise or silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.uint8]


class Label(IntEnum):
    """A whole number, so that arrays hold it; as text it is its name."""

    SPEECH = 0
    MUSIC = 1
    NOISE = 2
    SILENCE = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a stream and its label. pts, end_pts: its first sample, and the one behind it,
    in units of 1/sample_rate seconds.
    """

    label: Label
    pts: int
    end_pts: int
    sample_rate: int

    @property
    def start(self) -> float:
        """Seconds."""
        return self.pts / self.sample_rate

    @property
    def end(self) -> float:
        """Seconds."""
        return self.end_pts / self.sample_rate


def joined(spans: Iterable[Span]) -> Sequence[Span]:
    """Neighbours of one label as one span."""
    longer: list[Span] = []
    for span in spans:
        if longer and longer[-1].label == span.label and longer[-1].end_pts == span.pts:
            longer[-1] = replace(longer[-1], end_pts=span.end_pts)
        else:
            longer.append(span)
    return longer
