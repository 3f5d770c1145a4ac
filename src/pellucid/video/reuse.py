"""Exact reuse: what did not change since the last picture is not computed again.

The network has no state, so an output pixel is the same as before where every input pixel that it
looks at is. Codecs skip most of a still background, and skipped blocks decode to the very same
bytes. The result equals the full run, byte for byte.
"""

from __future__ import annotations

import numpy as np

from pellucid import _native
from pellucid.frames import Plane
from pellucid.video.engine import Colour, Engine, Windows
from pellucid.video.integer import Network


class Reuse:
    """Enlarges the pictures of one stream, and remembers the latest one with its output.

    share: how much of the latest picture's area was reused, 0 to 1.
    """

    def __init__(self, engine: Engine, network: Network) -> None:
        self._engine = engine
        factor = network.networks[0].factor
        # Over whole cells; and the skip looks one pixel around itself, whatever the layers do.
        self._reach = max(network.radius * factor + factor - 1, 1)
        self._level: int | None = None  # of the latest picture
        self._picture: Plane = np.empty((0, 0), np.uint8)
        self._out: Plane = self._picture
        self.share = 0.0

    def enlarge(
        self, picture: Plane, out: Plane, level: int, colours: tuple[Colour, ...] = ()
    ) -> None:
        """As an engine's; `out` is written whole."""
        windows = self._changed(picture, level)
        self._engine.enlarge(picture, self._out, level, colours, windows)
        out[...] = self._out
        self._picture[...] = picture
        self._level = level
        made = int(((windows[:, 2] - windows[:, 0]) * (windows[:, 3] - windows[:, 1])).sum())
        self.share = 1 - made / picture.size

    def _changed(self, picture: Plane, level: int) -> Windows:
        if picture.shape != self._picture.shape:
            self._picture = np.empty(picture.shape, np.uint8)
            self._out = np.empty((2 * picture.shape[0], 2 * picture.shape[1]), np.uint8)
            self._level = None
        if level != self._level:
            return np.array([[0, 0, *picture.shape]], np.int32)
        touching = picture if picture.strides[1] == 1 else np.ascontiguousarray(picture)
        found = _native.changed_windows(self._picture, touching, self._reach)
        return np.array(found, np.int32).reshape(-1, 4)
