"""Takes the noise out of a voice, as a Stage: any rate, any chunks, any number of channels.

The network hears and cleans what lies below 8 kHz. What lies above takes the gain that the top of
that band got: hiss goes where there is no voice, and the fricatives keep their air.
"""

from __future__ import annotations

import numpy as np

from pellucid.audio.arrays import through
from pellucid.audio.hopwise import Hopwise
from pellucid.audio.keep import AUTO, WAYS, MusicKeeper
from pellucid.audio.network_band import scales_of, to_frames, to_spectra
from pellucid.audio.session import Array, open_session
from pellucid.audio.stft import Istft, Spectra, Stft
from pellucid.audio.voices import find_voice
from pellucid.errors import FrameError
from pellucid.frames import Samples

KIND = "denoise"


class Cleaner:
    """The network on one stream's spectra. See `Denoiser` for the numbers and what is raised."""

    def __init__(self, model: str, strength: float, limit_db: float, music: str = AUTO) -> None:
        if not 0 <= strength <= 1:
            raise FrameError(f"strength: expected 0..1, got {strength}")
        if not limit_db >= 0:
            raise FrameError(f"limit_db: expected 0 or more, got {limit_db}")
        if music not in WAYS:
            raise FrameError(f"music: expected {' or '.join(WAYS)}, got {music}")
        self._session = open_session(find_voice(KIND, model), f"voice-{KIND}")
        self._keeper = MusicKeeper() if music == AUTO else None
        self._wet = np.float32(strength * (1 - 10 ** (-limit_db / 20)))

    def begin(self, sample_rate: int, channels: int) -> None:
        """A fresh state for each channel."""
        self._states = [self._session.start() for _ in range(channels)]
        self._scales = scales_of(sample_rate)
        if self._keeper:
            self._keeper.begin(sample_rate, channels)

    def push(self, spectra: Spectra) -> Spectra:
        """complex64 (channels, n, bins), cleaned."""
        cleaned = np.stack([self._channel(*each) for each in enumerate(spectra)])
        wet: Array | np.float32 = self._wet
        if self._keeper:
            wet = wet * (1 - self._keeper.push(spectra))[:, None]
        if np.all(wet == 1):
            return cleaned
        return spectra + wet * (cleaned - spectra)

    def _channel(self, channel: int, spectra: Spectra) -> Spectra:
        """(n, bins) of one channel."""
        frames, state = to_frames(spectra, self._scales), self._states[channel]
        made, self._states[channel] = self._session.run(frames, state)
        return to_spectra(made, spectra, self._scales)


class Denoiser(Hopwise):
    """Takes the noise out, channel by channel, 20 ms behind.

    model: a shipped name, such as "standard", or a model file. strength: 0 leaves the sound as it
    is, 1 is all that the network does. limit_db: by how much noise may be lowered at most; some
    like to hear a little of the room. music: "auto" leaves music as it is from a second after
    its start, "clean" takes it for noise. Raises ArtifactError for a bad model, FrameError for a
    value outside of its range; see `Hopwise` for what pushes raise.
    """

    def __init__(
        self,
        model: str = "standard",
        strength: float = 1.0,
        limit_db: float = float("inf"),
        music: str = AUTO,
    ) -> None:
        super().__init__()
        self._cleaner = Cleaner(model, strength, limit_db, music)

    def begin(self, sample_rate: int, channels: int) -> None:
        """Fresh transforms and states."""
        self._stft, self._istft = Stft(sample_rate, channels), Istft(sample_rate, channels)
        self._cleaner.begin(sample_rate, channels)

    def process(self, hops: Samples) -> Samples:
        """Clean whole hops."""
        return self._istft.push(self._cleaner.push(self._stft.push(hops)))


def denoise(
    samples: Samples,
    sample_rate: int,
    model: str = "standard",
    strength: float = 1.0,
    limit_db: float = float("inf"),
    music: str = AUTO,
) -> Samples:
    """Take the noise out of a whole sound.

    samples: float32 (T,) or (C, T), nominal range -1..1. Gives the same shape, not delayed.
    See `Denoiser` for the rest and for what is raised.
    """
    return through(Denoiser(model, strength, limit_db, music), samples, sample_rate)
