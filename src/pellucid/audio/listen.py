"""Tells speech, music, noise and silence apart on a stream's spectra, frame by frame of 20 ms.

    power ─▶ bands, level ─▶ hearing ─▶ network ─▶ odds of speech, music, noise ─▶ one label, until
               └─▶ silence     └─▶ pauses of a voice                  there is evidence for another

The network speaks of the frame `AHEAD` before the one it hears. A label changes when the evidence
for another, summed over frames, is what `ENOUGH` asks of these two (the cumulative sum test of Page
1954): a strong sign changes it soon, a weak one must last, and one that comes and goes changes
nothing.
"""

from __future__ import annotations

from collections import deque
from math import inf
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pellucid.artifact import SHIPPED
from pellucid.audio.activity import FRAME, PAUSE, SILENT_DB, Powers, level_db
from pellucid.audio.hearing import Hearing, bands_of
from pellucid.audio.labels import Label, Labels
from pellucid.audio.network_band import roll_off, scale_of
from pellucid.audio.pauses import Pauses
from pellucid.audio.session import Array, open_session
from pellucid.audio.stft import Spectra

KIND, MODEL = "voice-classify", SHIPPED / "classify.onnx"
HEARD = (Label.SPEECH, Label.MUSIC, Label.NOISE)  # what the network's outputs stand for
DELAY = 9  # frames from the one that a label is of to the one that it is known with: 0.18 s
AHEAD = 7  # of these, the network's; the rest is for evidence to gather
# Nats of evidence that turn one label into the other: a voice pauses often, music seldom turns into
# noise.
ENOUGH = {
    frozenset((Label.SPEECH, Label.NOISE)): 3.0,
    frozenset((Label.SPEECH, Label.MUSIC)): 3.0,
    frozenset((Label.MUSIC, Label.NOISE)): 8.0,
}
MOST = 4.0  # nats that one frame may add


class Listener:
    """Labels for one stream's spectra; all its channels are one sound.

    Raises ArtifactError for a file that is no model of this kind.
    """

    def __init__(self, model: Path = MODEL) -> None:
        self._session = open_session(model, KIND)

    def begin(self, sample_rate: int, channels: int) -> None:
        """A stream starts."""
        self._scale = roll_off(sample_rate) * np.float32(scale_of(sample_rate) ** 2 / channels)
        self._hearing, self._decision, self._pauses = Hearing(), Decision(), Pauses(DELAY)
        self._state = self._session.start()
        self._odd: list[Powers] = []  # a hop that waits for the other half of its frame
        self._latest = int(Label.SILENCE)

    def push(self, spectra: Spectra) -> Labels:
        """complex64 (channels, n, bins) to (n,): at each hop the latest label that is known, of
        the frame `DELAY` before the last whole one; silence before the first.
        """
        known = np.array([self._latest], np.uint8)
        whole = (len(self._odd) + np.arange(1, spectra.shape[1] + 1)) // FRAME
        labels: Labels = np.concatenate([known, self.frames(spectra)])[whole]
        self._latest = int(labels[-1])
        return labels

    def frames(self, spectra: Spectra) -> Labels:
        """The same, one label for each frame that is now whole."""
        # The sum of powers, not of samples: a mix-down would lose what is in opposite phases.
        power = (np.square(spectra.real) + np.square(spectra.imag)).sum(0) * self._scale
        hops = np.concatenate([*self._odd, power])
        whole = len(hops) // FRAME * FRAME
        self._odd = [hops[whole:]] if whole < len(hops) else []
        if not whole:
            return np.zeros(0, np.uint8)
        bands, level = bands_of(hops[:whole]), level_db(hops[:whole])
        heard = self._hearing.push(bands, level)
        odds, self._state = self._session.run(heard, self._state)
        return self._pauses.push(self._decision.push(odds, level < SILENT_DB), heard)


class Decision:
    """From the odds of each frame and whether it is quiet to labels."""

    def __init__(self) -> None:
        self._label: int | None = None
        self._evidence = [0.0] * len(HEARD)
        self._frame = -1
        self._quiet = PAUSE  # frames in a row; before a stream there was silence
        self._silent_to = -1  # the last frame that is known to be in a pause
        self._were_quiet = deque([True] * AHEAD, AHEAD)

    def push(self, odds: Array, quiet: npt.NDArray[np.bool_]) -> Labels:
        """odds: float32 (n, 3), any constant added; quiet: (n,). See `Listener.frames`."""
        labels = [self._next(*pair) for pair in zip(odds.tolist(), quiet.tolist(), strict=True)]
        return np.array(labels, np.uint8)

    def _next(self, odds: list[float], quiet: bool) -> int:
        self._frame += 1
        self._quiet = self._quiet + 1 if quiet else 0
        if self._quiet >= PAUSE:
            self._silent_to = self._frame
        if not self._were_quiet[0]:
            self._weigh(odds)
        self._were_quiet.append(quiet)
        if self._label is None or self._frame - DELAY <= self._silent_to:
            return Label.SILENCE
        return HEARD[self._label]

    def _weigh(self, odds: list[float]) -> None:
        """Take in what the network says of the frame `AHEAD` before this one."""
        if self._label is None:
            self._label = odds.index(max(odds))
        for other, evidence in enumerate(self._evidence):
            added = min(odds[other] - odds[self._label], MOST)
            self._evidence[other] = max(evidence + added, 0.0)
        above = [a - b for a, b in zip(self._evidence, _NEEDED[self._label], strict=True)]
        if max(above) >= 0:
            self._label = above.index(max(above))
            self._evidence = [0.0] * len(HEARD)


_NEEDED = [[ENOUGH.get(frozenset((a, b)), inf) for b in HEARD] for a in HEARD]  # from, to
