"""How much of a sound a denoiser should leave as it is: all of it while there is music.

A network that takes all but voices for noise chews music. Music has to last before it is believed,
for what is taken for it in a voice or a noise is short; then the cleaning is faded out, and in
again behind the music. So the first second is cleaned.
"""

from __future__ import annotations

import numpy as np

from pellucid.audio.labels import Label
from pellucid.audio.listen import Listener
from pellucid.audio.session import Array
from pellucid.audio.stft import Spectra

AUTO, CLEAN = "auto", "clean"
WAYS = (AUTO, CLEAN)  # with music: leave it alone; clean it as all else
PATIENCE = 50  # hops of music, silence between not counted, that are not believed yet
FADE = 30  # hops, the whole way
MUSIC, SILENCE = int(Label.MUSIC), int(Label.SILENCE)  # members take long to look up, hop by hop


class MusicKeeper:
    """Shares of the sound, hop by hop, that should not be cleaned."""

    def __init__(self) -> None:
        self._listener = Listener()

    def begin(self, sample_rate: int, channels: int) -> None:
        """A stream starts, with nothing kept."""
        self._listener.begin(sample_rate, channels)
        self._share, self._music = 0.0, 0

    def push(self, spectra: Spectra) -> Array:
        """complex64 (channels, n, bins) to float32 (n,) in 0..1."""
        labels = self._listener.push(spectra).tolist()
        return np.array([self._hop(label) for label in labels], np.float32)

    def _hop(self, label: int) -> float:
        if label == MUSIC:
            self._music += 1
            self._share = min(self._share + (self._music > PATIENCE) / FADE, 1.0)
        elif label != SILENCE:
            self._music = 0
            self._share = max(self._share - 1 / FADE, 0.0)
        return self._share
