"""The sounds that mixtures are made of, from folders, some of them held out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.audio.bandwidth import is_empty
from pellucid.audio.files import read_sound, sound_files
from pellucid.audio.stft import Stft, hop_of
from pellucid.audio.wide import GAPS
from pellucid.errors import MediaError
from pellucid.frames import Samples

KINDS = ("speech", "noise", "music")
HELD_OUT = 12  # every so many files of a kind are for validation
LONGEST = 120.0  # seconds of one file; a concert must not drown all else
SHORTEST = 0.25


@dataclass(frozen=True, eq=False)
class Sounds:
    """Mono sounds by kind, float32 (T,), at `sample_rate`. digest: tells the same data again."""

    sample_rate: int
    speech: tuple[Samples, ...]
    noise: tuple[Samples, ...]
    music: tuple[Samples, ...]
    digest: str


def load_sounds(
    folders: Sequence[Path], sample_rate: int, held_out: bool, without: Sequence[str] = ()
) -> Sounds:
    """The sounds below `speech`, `noise` and `music` of the folders; the held-out ones or the rest.

    without: shell patterns of paths that are left out. Raises MediaError where
    they hold no speech or no noise that is fit.
    """
    found: dict[str, tuple[Samples, ...]] = {}
    digest = hashlib.sha256()
    for kind in KINDS:
        paths = [path for folder in folders for path in sound_files(folder / kind)]
        paths = [path for path in paths if not any(path.match(one) for one in without)]
        chosen = [p for n, p in enumerate(paths) if (n % HELD_OUT == HELD_OUT - 1) == held_out]
        sounds = [_read(path, sample_rate) for path in chosen]
        found[kind] = tuple(s for s in sounds if _is_fit(s, sample_rate))
        digest.update("".join(f"{p.name} {p.stat().st_size} " for p in chosen).encode())
    for kind in KINDS[:2]:
        if not found[kind]:
            names = ", ".join(map(str, folders))
            raise MediaError(f"{names}: too few sound files in {kind}/ to train on")
    return Sounds(sample_rate, **found, digest=digest.hexdigest())


def _is_fit(samples: Samples, sample_rate: int) -> bool:
    """Long enough, and of the band that its rate promises."""
    if samples.size < SHORTEST * sample_rate:
        return False
    hop = hop_of(sample_rate)
    spectra = Stft(sample_rate, 1).push(samples[None, : samples.size // hop * hop])[0]
    return not is_empty(np.square(np.abs(spectra)), GAPS["48k" if sample_rate == 48_000 else "16k"])


def _read(path: Path, sample_rate: int) -> Samples:
    samples = read_sound(path, sample_rate)[0, : int(LONGEST * sample_rate)]
    return np.ascontiguousarray(samples)
