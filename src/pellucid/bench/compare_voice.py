"""How near a voice is to its original, in numbers and to the eye."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pellucid.audio.arrays import fitted
from pellucid.audio.files import read_sound
from pellucid.audio.spectrogram import draw_spectrograms
from pellucid.bench.extend_scores import log_spectral_distance
from pellucid.bench.voice_scores import score
from pellucid.errors import UnsupportedMediaError
from pellucid.media import whole_file

RATE = 48_000  # Hz that everything is compared at
LEAST = 0.25  # seconds: what PESQ needs
MOST = 30  # seconds that are drawn


@dataclass(frozen=True)
class VoiceVerdict:
    """One file against the reference; scores as in `voice_scores`, lsd over the whole band."""

    path: str
    scores: dict[str, float]


def compare_voices(
    reference: Path, output: Path, before: Path | None, picture: Path, overwrite: bool = False
) -> list[VoiceVerdict]:
    """Score the files, `before` first, and draw them beside the reference.

    What is longer than the reference is cut, what is shorter ends in silence. Raises MediaError
    for what cannot be read or holds no voice, MissingExtraError.
    """
    if picture.suffix.lower() != ".png":
        raise UnsupportedMediaError(f"{picture}: expected a name that ends in .png")
    clean = read_sound(reference, RATE)
    clean = fitted(clean, max(round(LEAST * RATE), clean.shape[1]))
    paths = [path for path in (before, output) if path]
    sounds = [fitted(read_sound(path, RATE), clean.shape[1]) for path in paths]
    verdicts = [
        VoiceVerdict(
            str(path),
            score(clean, sound, RATE) | {"lsd": log_spectral_distance(clean[0], sound[0])},
        )
        for path, sound in zip(paths, sounds, strict=True)
    ]
    names = [*(path.name for path in paths), reference.name]
    drawn = [sound[0, : MOST * RATE] for sound in (*sounds, clean)]
    with whole_file(picture, overwrite) as temporary:
        draw_spectrograms(temporary, [drawn], names, RATE)
    return verdicts
