"""How much of a sound a denoiser should leave as it is: all of it while there is music.

A network that takes all but voices for noise chews music. The label comes 0.18 s late, so the
first notes are cleaned; from then on the cleaning is faded out, and in again behind the music.
"""

from __future__ import annotations

import numpy as np

from pellucid.audio.labels import Label
from pellucid.audio.listen import Listener
from pellucid.audio.session import Array
from pellucid.audio.stft import Spectra

AUTO, CLEAN = "auto", "clean"
WAYS = (AUTO, CLEAN)  # with music: leave it alone; clean it as all else
FADE = {Label.MUSIC: 1 / 30, Label.SPEECH: -1 / 30, Label.NOISE: -1 / 30, Label.SILENCE: 0.0}
STEPS = np.array([FADE[label] for label in Label])  # a hop: the whole way takes 0.3 s


class MusicKeeper:
    """Shares of the sound, hop by hop, that should not be cleaned."""

    def __init__(self) -> None:
        self._listener = Listener()

    def begin(self, sample_rate: int, channels: int) -> None:
        """A stream starts, with nothing kept."""
        self._listener.begin(sample_rate, channels)
        self._share = 0.0

    def push(self, spectra: Spectra) -> Array:
        """complex64 (channels, n, bins) to float32 (n,) in 0..1."""
        shares = []
        for step in STEPS[self._listener.push(spectra)].tolist():
            self._share = min(max(self._share + step, 0.0), 1.0)
            shares.append(self._share)
        return np.array(shares, np.float32)
