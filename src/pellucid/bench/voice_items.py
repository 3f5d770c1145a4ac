"""What voice methods are measured on: speech and noise from folders, mixed at fixed levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.audio.files import read_sound, sound_files
from pellucid.errors import MediaError
from pellucid.frames import Samples

SNRS = (-5, 0, 5, 10, 15)  # dB
SECONDS = 8
CLEAN_SNR = 100  # dB, of what has no noise
LEVEL = 0.05  # of the speech's root mean square, full scale being 1
CEILING = 0.99


@dataclass(frozen=True, eq=False)
class Item:
    """One recording to clean. noisy, clean: float32 (1, T) at `sample_rate`; snr in dB."""

    speaker: str
    noise: str
    snr: int
    sample_rate: int
    noisy: Samples
    clean: Samples


def items(speech: Path, noise: Path, count: int, sample_rate: int, seed: int = 1) -> Iterator[Item]:
    """`count` items, speakers, noises and SNRs taking turns; the same for the same folders.

    Raises MediaError for a folder without sound.
    """
    voices, noises = sounds_of(speech), sounds_of(noise)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(noises))
    for number in range(count):
        voice = voices[number % len(voices)]
        other = noises[order[number % len(noises)]]
        snr = SNRS[(number // len(voices) + number) % len(SNRS)]
        size = SECONDS * sample_rate
        clean = _cut(read_sound(voice, sample_rate), size, rng)
        added = _cut(read_sound(other, sample_rate), size, rng)
        noisy, clean = mix(clean, added, snr)
        yield Item(voice.stem, other.stem, snr, sample_rate, noisy, clean)


def clean_items(speech: Path, count: int, sample_rate: int) -> Iterator[Item]:
    """`count` voices without noise, "noisy" as they are: what should be left alone."""
    voices, rng = sounds_of(speech), np.random.default_rng(1)
    for voice in voices[:count]:
        clean = _cut(read_sound(voice, sample_rate), SECONDS * sample_rate, rng)
        _, clean = mix(clean, np.zeros_like(clean), 0)
        yield Item(voice.stem, "none", CLEAN_SNR, sample_rate, clean, clean)


def mix(clean: Samples, noise: Samples, snr: float) -> tuple[Samples, Samples]:
    """Noisy and clean, the speech at `LEVEL`, both lower where the sum would clip."""
    clean = clean * (LEVEL / max(_rms(clean), 1e-6))
    noise = noise * (LEVEL / max(_rms(noise), 1e-6) * 10 ** (-snr / 20))
    noisy = clean + noise
    gain = min(1.0, CEILING / max(float(np.abs(noisy).max()), 1e-6))
    return (gain * noisy).astype(np.float32), (gain * clean).astype(np.float32)


def sounds_of(folder: Path) -> Sequence[Path]:
    """The sound files below a folder. Raises MediaError for none."""
    found = sound_files(folder)
    if not found:
        raise MediaError(f"{folder}: holds no sound file")
    return found


def _cut(samples: Samples, size: int, rng: np.random.Generator) -> Samples:
    """A piece of so many samples, the sound repeated where it is shorter."""
    repeated = np.tile(samples, (1, -(-size // samples.shape[1])))
    start = int(rng.integers(repeated.shape[1] - size + 1))
    return repeated[:, start : start + size]


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
