"""Where a voice pauses and ends, by levels, where these are clear enough to tell.

What counts as a pause is a matter of levels alone (`activity.active`), and a network guesses it
from what it hears. Where loud and quiet lie `CLEAR_DB` apart no noise hides it: there a frame in a
pause is no speech, and speech lasts until one, though not for long against what the network says.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from pellucid.audio.activity import MARGIN_DB, PAUSE
from pellucid.audio.hearing import standing
from pellucid.audio.labels import Label, Labels
from pellucid.audio.session import Array

CLEAR_DB = 40.0  # from quiet frames to loud ones; chosen on held-out recordings: docs/sound.md
HELD = 25  # frames


class Pauses:
    """Of one stream, whose labels are known `delay` frames after what they are of."""

    def __init__(self, delay: int) -> None:
        self._delay, self._frame = delay, -1
        self._low = 0  # frames in a row
        self._paused_to = -1  # the last frame that is known to be in a pause
        self._clear = deque([False] * (delay + 1), delay + 1)
        self._last, self._held = int(Label.SILENCE), 0

    def push(self, labels: Labels, heard: Array) -> Labels:
        """The latest labels (n,), and what was heard with them, see `Hearing`; corrected labels."""
        below, above, apart = standing(heard)
        low = (below <= -MARGIN_DB[Label.SPEECH]) | (above <= apart / 3)
        frames = zip(labels.tolist(), low.tolist(), (apart > CLEAR_DB).tolist(), strict=True)
        return np.array([self._next(*frame) for frame in frames], np.uint8)

    def _next(self, label: int, low: bool, clear: bool) -> int:
        self._frame += 1
        self._low = self._low + 1 if low else 0
        if self._low >= PAUSE:
            self._paused_to = self._frame
        self._clear.append(clear)
        paused = self._frame - self._delay <= self._paused_to
        self._last = self._corrected(label, paused) if self._clear[0] else label
        self._held = self._held + 1 if self._last != label else 0
        return self._last

    def _corrected(self, label: int, paused: bool) -> int:
        if label == Label.SPEECH and paused:
            return Label.NOISE
        goes_on = self._last == Label.SPEECH and not paused and self._held < HELD
        return Label.SPEECH if label == Label.NOISE and goes_on else label
