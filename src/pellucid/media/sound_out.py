"""Sound into a file: which codec for which name, and the samples at their times."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.container import OutputContainer

from pellucid.errors import UnsupportedMediaError
from pellucid.frames import AudioFrame

# The encoder and the bits a second and channel, None where nothing is lost.
CODECS: dict[str, tuple[str, int | None]] = {
    ".wav": ("pcm_s16le", None),
    ".flac": ("flac", None),
    ".opus": ("libopus", 64_000),
    ".ogg": ("libopus", 64_000),
    ".mkv": ("libopus", 64_000),
    ".webm": ("libopus", 64_000),
    ".mp3": ("libmp3lame", 96_000),
    ".m4a": ("aac", 96_000),
    ".m4v": ("aac", 96_000),
    ".mov": ("aac", 96_000),
    ".mp4": ("aac", 96_000),
}
MUXERS = {
    ".wav": "wav",
    ".flac": "flac",
    ".opus": "ogg",
    ".ogg": "ogg",
    ".mp3": "mp3",
    ".m4a": "ipod",
}
LONGEST_LEAD = 60  # seconds of silence in front of a sound
# Layouts that some encoders know by another name only; the channels are the same.
OTHER_NAMES = {"5.1(side)": "5.1", "5.0(side)": "5.0"}


class SoundEncoder:
    """A stream of sound in an open container. Raises UnsupportedMediaError if it cannot be held."""

    def __init__(
        self, container: OutputContainer, target: Path, sample_rate: int, layout: str
    ) -> None:
        name, bits = CODECS[target.suffix.lower()]
        self._layout = OTHER_NAMES.get(layout, layout)
        self._time_base = Fraction(1, sample_rate)
        try:
            self.stream = cast(av.AudioStream, container.add_stream(name, rate=sample_rate))
            context = self.stream.codec_context
            context.layout = self._layout
            if bits:
                context.bit_rate = bits * context.layout.nb_channels
            context.open(strict=False)
        except (ValueError, av.FFmpegError) as error:
            raise UnsupportedMediaError(
                f"{target}: {name} cannot hold {layout} sound; try another kind of file"
            ) from error

    def lead(self, frame: AudioFrame) -> Iterator[av.Packet[Any]]:
        """Silence from time 0 to a frame, if that is not long."""
        if 0 < frame.pts <= LONGEST_LEAD * frame.sample_rate:
            silence = np.zeros((len(frame.samples), frame.pts), np.float32)
            yield from self.push(AudioFrame(silence, frame.sample_rate, 0))

    def push(self, frame: AudioFrame) -> Iterator[av.Packet[Any]]:
        """Encode samples, cut off at full scale; their pts are kept."""
        samples = np.ascontiguousarray(np.clip(frame.samples, -1, 1))
        made = av.AudioFrame.from_ndarray(samples, "fltp", self._layout)
        made.sample_rate, made.pts, made.time_base = frame.sample_rate, frame.pts, self._time_base
        yield from self.stream.encode(made)

    def flush(self) -> Iterator[av.Packet[Any]]:
        """What is left."""
        yield from self.stream.encode(None)
