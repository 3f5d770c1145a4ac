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
TURN = 8  # hops that are heard at once: a call of the network takes nearly as long for one
MUSIC, SILENCE = int(Label.MUSIC), int(Label.SILENCE)  # members take long to look up, hop by hop


class MusicKeeper:
    """Shares of the sound, hop by hop, that should not be cleaned."""

    def __init__(self) -> None:
        self._listener = Listener()

    def begin(self, sample_rate: int, channels: int) -> None:
        """A stream starts, with nothing kept."""
        self._listener.begin(sample_rate, channels)
        self._share, self._music = 0.0, 0
        self._heard: list[Spectra] = []
        self._shares = [0.0] * TURN  # of the hops to come

    def push(self, spectra: Spectra) -> Array:
        """complex64 (channels, n, bins) to float32 (n,) in 0..1, `TURN` hops behind."""
        heard = np.concatenate([*self._heard, spectra], axis=1)
        whole = heard.shape[1] // TURN * TURN
        self._heard = [heard[:, whole:]]
        if whole:
            labels = self._listener.push(heard[:, :whole]).tolist()
            self._shares += [self._hop(label) for label in labels]
        count = spectra.shape[1]
        shares, self._shares = self._shares[:count], self._shares[count:]
        return np.array(shares, np.float32)

    def _hop(self, label: int) -> float:
        if label == MUSIC:
            self._music += 1
            self._share = min(self._share + (self._music > PATIENCE) / FADE, 1.0)
        elif label != SILENCE:
            self._music = 0
            self._share = max(self._share - 1 / FADE, 0.0)
        return self._share
