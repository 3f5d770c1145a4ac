"""Sound files in, whole: any container that PyAV opens, at the rate that is asked for."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import soxr

from pellucid.errors import MediaError
from pellucid.frames import Samples

FULL_SCALE = 32767  # of 16 bits
SUFFIXES = {".wav", ".flac", ".opus", ".ogg", ".mp3", ".m4a"}


def read_sound(path: Path, sample_rate: int) -> Samples:
    """Mono samples, float32 (1, T), channels averaged. Raises MediaError."""
    try:
        with av.open(path) as container:
            if not container.streams.audio:
                raise MediaError(f"{path}: holds no sound")
            native = container.streams.audio[0].rate
            mono = av.AudioResampler("flt", "mono", native)
            frames = [made for frame in container.decode(audio=0) for made in mono.resample(frame)]
            pieces = [made.to_ndarray()[0] for made in (*frames, *mono.resample(None))]
    except (av.FFmpegError, OSError) as error:
        raise MediaError(f"{path}: not a readable sound file ({error})") from error
    if not pieces:
        raise MediaError(f"{path}: holds no sound")
    samples = np.concatenate(pieces).astype(np.float32)
    made: Samples = soxr.resample(samples, native, sample_rate)[None].astype(np.float32)
    return made


def sound_files(folder: Path) -> tuple[Path, ...]:
    """Every sound file below a folder, by name."""
    return tuple(sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES))


def write_sound(path: Path, samples: Samples, sample_rate: int) -> None:
    """A WAV file of 16 bits. samples: float32 (C, T), cut off at full scale."""
    steps = np.clip(np.round(samples * FULL_SCALE), -FULL_SCALE - 1, FULL_SCALE)
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[0], 2, sample_rate, 0, "NONE", ""))
        file.writeframes(steps.T.astype("<i2").tobytes())
