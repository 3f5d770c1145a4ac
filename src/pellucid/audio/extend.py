"""Gives a voice back the band that its call took away, as a Stage.

    8 kHz ─▶ interpolate ─▶ spectra ─┬─────────────────────────▶ + ─▶ samples at 48 kHz
                                     └─▶ 4-8 kHz ─▶ 8-24 kHz ─▶ ┘
What the call did bring is passed on as it came, through a transform that is exact; only what lies
above is made.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pellucid.audio.arrays import through
from pellucid.audio.bandwidth import GapMeter, Shares
from pellucid.audio.hopwise import Hopwise
from pellucid.audio.network_band import scale_of
from pellucid.audio.session import Session, open_session
from pellucid.audio.stft import HOPS, HOPS_A_SECOND, Istft, Spectra, Stft
from pellucid.audio.voices import find_voice
from pellucid.audio.wide import GAPS, Gap, fill, levels_below, unit_noise
from pellucid.errors import FrameError
from pellucid.frames import Samples

KIND = "extend"
RATES = {gap.rate: gap for gap in GAPS.values()}  # Hz that can be extended to
INTERPOLATING = 0.009  # seconds, of 8 kHz, see `interpolate`


class Widener:
    """The gaps of one stream at one rate: spectra in, what belongs above them out."""

    def __init__(self, heard_hz: float, sample_rate: int, channels: int) -> None:
        gaps = [gap for gap in GAPS.values() if gap.rate <= sample_rate]
        self._gaps = [_OpenGap(gap, heard_hz <= gap.edge_hz, channels) for gap in gaps]
        self._scale = scale_of(sample_rate)

    def push(self, spectra: Spectra) -> Spectra:
        """complex64 (channels, n, bins) to the same shape, empty where there is sound already."""
        scaled = spectra * self._scale
        made = np.zeros_like(spectra)
        sure: Shares = np.ones(spectra.shape[1], np.float32)
        for gap in self._gaps:
            above, sure = gap.push(scaled + made, sure)
            made += above
        return made / self._scale


class _OpenGap:
    """One gap: whether it is empty, how loud it should be, what fills it."""

    def __init__(self, gap: Gap, known: bool, channels: int) -> None:
        self._gap, self._session = gap, _session(gap)
        self._meter = GapMeter(gap, known)
        self._states = [self._session.start() for _ in range(channels)]
        self._noises = [np.random.default_rng(channel) for channel in range(channels)]

    def push(self, spectra: Spectra, sure: Shares) -> tuple[Spectra, Shares]:
        """What fills it, and how sure this is; `sure`: how much is known of what lies below."""
        power = np.square(np.abs(spectra))
        shares, own = self._meter.push(power.mean(0))
        shares = shares * sure
        made = np.zeros_like(spectra)
        for channel, heard in enumerate(levels_below(power, self._gap)):
            levels, self._states[channel] = self._session.run(heard, self._states[channel])
            noise = unit_noise(self._noises[channel], len(levels), self._gap)
            made[channel] = (
                fill(spectra[channel], levels - self._gap.caution, noise, self._gap)
                * shares[:, None]
            )
        return made, own


class Extender(Hopwise):
    """Extends a voice to `to_rate` Hz, 16000 or 48000, at least the input's rate.

    Raises FrameError for another rate, and when the input has more; see `Hopwise` for the rest.
    """

    def __init__(self, to_rate: int = 48_000) -> None:
        super().__init__()
        self._to_rate = checked_rate(to_rate)
        check_models()

    def rates(self, sample_rate: int) -> tuple[int, int]:
        """Everything happens at the output's rate."""
        if sample_rate > self._to_rate:
            raise FrameError(f"sample_rate: expected at most {self._to_rate}, got {sample_rate}")
        self._heard_hz = sample_rate / 2
        return self._to_rate, self._to_rate

    @property
    def latency(self) -> float:
        """Seconds: a window, and the interpolation of 8 kHz. Rates of which 48 kHz is no whole
        multiple go through soxr, which holds back up to 0.15 s more.
        """
        return HOPS / HOPS_A_SECOND + INTERPOLATING

    def begin(self, sample_rate: int, channels: int) -> None:
        """Fresh transforms and states."""
        self._stft, self._istft = Stft(sample_rate, channels), Istft(sample_rate, channels)
        self._above = Istft(sample_rate, channels, steep=True)
        self._widener = Widener(self._heard_hz, sample_rate, channels)

    def process(self, hops: Samples) -> Samples:
        """Add what is missing to whole hops."""
        spectra = self._stft.push(hops)
        return self._istft.push(spectra) + self._above.push(self._widener.push(spectra))


def extend(samples: Samples, sample_rate: int, to_rate: int = 48_000) -> Samples:
    """Extend the band of a whole voice.

    samples: float32 (T,) or (C, T), nominal range -1..1, at `sample_rate` Hz. Gives the same
    stretch of time at `to_rate`, 16000 or 48000 Hz, not delayed. See `Extender` for what is raised.
    """
    return through(Extender(to_rate), samples, sample_rate)


def checked_rate(to_rate: int) -> int:
    """The rate, if it can be extended to. Raises FrameError."""
    if to_rate not in RATES:
        choices: Sequence[str] = [str(rate) for rate in RATES]
        raise FrameError(f"to_rate: expected {' or '.join(choices)}, got {to_rate}")
    return to_rate


def check_models() -> None:
    """Raise ArtifactError for a missing model now, not with the first sound."""
    for gap in GAPS.values():
        _session(gap)


def _session(gap: Gap) -> Session:
    return open_session(find_voice(KIND, gap.name), f"voice-{KIND}")
