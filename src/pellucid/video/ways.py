"""The ways to enlarge the frames of one stream: through a network, or by a cubic alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np

from pellucid.frames import Plane, VideoFrame
from pellucid.video import chroma
from pellucid.video.engine import Colour, Engine
from pellucid.video.integer import Network
from pellucid.video.levels import Levels
from pellucid.video.reuse import Reuse


class Way(Protocol):
    """Enlarges one stream's frames x2, in their order."""

    name: str
    reused: float  # share of the latest frame's luma that was not computed again

    def enlarge(self, frame: VideoFrame) -> VideoFrame:
        """Make a frame of twice the size; times and tags stay."""


class NetworkWay:
    """Through a network, whose gate looks at the latest pictures; what did not change is reused."""

    def __init__(self, name: str, network: Network, engine: Engine) -> None:
        self.name = name
        self.reused = 0.0
        self._levels = Levels(network)
        self._reuse = Reuse(engine)

    def enlarge(self, frame: VideoFrame) -> VideoFrame:
        """See Way."""
        large, colours = blank(frame)
        self._reuse.enlarge(frame.y, large.y, self._levels.of(frame.y), colours)
        self.reused = self._reuse.share
        return large


class CubicWay:
    """Plain interpolation: what is left when there is no time for more."""

    name = "bicubic"
    reused = 0.0

    def enlarge(self, frame: VideoFrame) -> VideoFrame:
        """See Way."""
        large, colours = blank(frame)
        whole = Colour(frame.y, large.y, ("centered", "centered"))
        for colour in (whole, *colours):
            chroma.enlarge_into(colour.plane, colour.out, colour.phases)
        return large


def blank(frame: VideoFrame) -> tuple[VideoFrame, tuple[Colour, ...]]:
    """A frame of twice the size with nothing in it yet, and its colour planes beside the old."""
    y: Plane = np.empty((2 * frame.y.shape[0], 2 * frame.y.shape[1]), np.uint8)
    if frame.u is None or frame.v is None:
        return replace(frame, y=y), ()
    down, across = frame.subsampling
    size = -(-y.shape[0] // down), -(-y.shape[1] // across)
    u, v = np.empty(size, np.uint8), np.empty(size, np.uint8)
    phases = chroma.phases(frame)
    return replace(frame, y=y, u=u, v=v), (Colour(frame.u, u, phases), Colour(frame.v, v, phases))
