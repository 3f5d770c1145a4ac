"""Exact reuse: what did not change since the last picture is not computed again.

The network has no state, so an output pixel is the same as before where every input pixel that it
looks at is. Codecs skip most of a still background, and skipped blocks decode to the very same
bytes. The result equals the full run, byte for byte.
"""

from __future__ import annotations

import numpy as np

from pellucid.frames import Plane
from pellucid.video.engine import Colour, Engine, Mask


class Reuse:
    """Enlarges the pictures of one stream, and remembers the latest one with its output.

    share: how much of the latest picture's area was reused, 0 to 1.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._level: int | None = None  # of the latest picture
        self._picture: Plane = np.empty((0, 0), np.uint8)
        self._out: Plane = self._picture
        self.share = 0.0

    def enlarge(
        self, picture: Plane, out: Plane, level: int, colours: tuple[Colour, ...] = ()
    ) -> None:
        """As an engine's; `out` is written whole."""
        mask = self._changed(picture, level)
        self._engine.enlarge(picture, self._out, level, colours, mask)
        out[...] = self._out
        self._picture[...] = picture
        self._level = level
        self.share = 0.0 if mask is None else 1 - float(mask.mean())

    def _changed(self, picture: Plane, level: int) -> Mask | None:
        """What to make; None for everything."""
        if picture.shape != self._picture.shape:
            self._picture = np.empty(picture.shape, np.uint8)
            self._out = np.empty((2 * picture.shape[0], 2 * picture.shape[1]), np.uint8)
            return None
        return None if level != self._level else self._engine.changed(self._picture, picture)
