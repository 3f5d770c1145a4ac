"""Denoises and extends a voice in one transform: one window's delay instead of two."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.audio.denoise import Cleaner
from pellucid.audio.extend import INTERPOLATING, Widener, check_models
from pellucid.audio.hopwise import Hopwise
from pellucid.audio.keep import AUTO
from pellucid.audio.stft import HOPS, HOPS_A_SECOND, Istft, Stft
from pellucid.errors import FrameError
from pellucid.frames import Samples

STEPS = ("denoise", "extend")
OUT_RATE = 48_000  # Hz, whatever comes in


class Clearer(Hopwise):
    """A `Denoiser` and then an `Extender`, or one of them, to 48 kHz; together 29 ms behind.

    steps: "denoise", "extend", both or none. For the rest see `Denoiser`; raises what both raise,
    and FrameError for another step.
    """

    def __init__(
        self,
        steps: Sequence[str] = STEPS,
        model: str = "standard",
        strength: float = 1.0,
        limit_db: float = float("inf"),
        music: str = AUTO,
    ) -> None:
        super().__init__()
        if unknown := sorted(set(steps) - set(STEPS)):
            raise FrameError(f"voice: expected {' or '.join(STEPS)}, got {', '.join(unknown)}")
        denoises = "denoise" in steps
        self._cleaner = Cleaner(model, strength, limit_db, music) if denoises else None
        self._extends = "extend" in steps
        if self._extends:
            check_models()

    def rates(self, sample_rate: int) -> tuple[int, int]:
        """Everything happens at 48 kHz."""
        self._heard_hz = sample_rate / 2
        return OUT_RATE, OUT_RATE

    @property
    def latency(self) -> float:
        """Seconds: see `Extender.latency`."""
        return HOPS / HOPS_A_SECOND + INTERPOLATING

    def begin(self, sample_rate: int, channels: int) -> None:
        """Fresh transforms and states."""
        self._stft, self._istft = Stft(sample_rate, channels), Istft(sample_rate, channels)
        if self._cleaner:
            self._cleaner.begin(sample_rate, channels)
        if self._extends:
            self._above = Istft(sample_rate, channels, steep=True)
            self._widener = Widener(self._heard_hz, sample_rate, channels)

    def process(self, hops: Samples) -> Samples:
        """Clean whole hops, and add what is missing above."""
        spectra = self._stft.push(hops)
        if self._cleaner:
            spectra = self._cleaner.push(spectra)
        made = self._istft.push(spectra)
        if self._extends:
            made = made + self._above.push(self._widener.push(spectra))
        return made
