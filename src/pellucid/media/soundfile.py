"""Sound files from path to path: WAV, FLAC, Opus, MP3, M4A, tags kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import av

from pellucid.errors import MediaError, UnsupportedMediaError
from pellucid.frames import AudioFrame
from pellucid.media.atomic import whole_file, write_error
from pellucid.media.opening import is_cover, open_input
from pellucid.media.passing import copy_coded_tags, copy_tags
from pellucid.media.sound_in import SoundDecoder, check_sound, layout_of
from pellucid.media.sound_out import MUXERS, SoundEncoder
from pellucid.media.source import EARLY_END_S, EARLY_END_SHARE


class SoundSource:
    """The first stream of sound of a file; a context manager. `warnings` collects sentences.

    Raises MediaError without sound, UnsupportedMediaError for a video or an unknown codec.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.warnings: list[str] = []
        self.container = open_input(self.path)
        try:
            self.stream = self._find()
        except MediaError:
            self.container.close()
            raise
        self.layout = layout_of(self.stream)
        self._decoder = SoundDecoder(self.stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.container.close()

    @property
    def seconds(self) -> float:
        """How long the file says that it is; 0 if it does not."""
        return (self.container.duration or 0) / av.time_base

    def frames(self) -> Iterator[AudioFrame]:
        """The sound, unbroken, pts from 0 on. Raises MediaError if there is none."""
        first: int | None = None  # MP3 begins where its coder's delay ends
        seconds = 0.0
        for packet in self._packets():
            for frame in self._decoder.push(packet):
                first = frame.pts if first is None else first
                seconds = (frame.end_pts - first) / frame.sample_rate
                yield replace(frame, pts=frame.pts - first)
        if first is None:
            raise MediaError(f"{self.path}: holds no sound that can be decoded")
        self._warn(seconds)

    def _find(self) -> av.AudioStream:
        if not self.container.streams.audio:
            raise MediaError(f"{self.path}: holds no sound")
        self._check_others()
        check_sound(self.path, self.container.streams.audio[0])
        return self.container.streams.audio[0]

    def _check_others(self) -> None:
        if any(not is_cover(each) for each in self.container.streams.video):
            raise UnsupportedMediaError(
                f"{self.path}: holds a video; give it a video's name, such as .ogv or .mp4"
            )

    def _packets(self) -> Iterator[av.Packet[av.AudioStream] | None]:
        try:
            for packet in self.container.demux(self.stream):
                if packet.size:
                    yield packet
        except av.FFmpegError:
            self.warnings.append(f"{self.path}: is damaged at its end, which is missing")
        yield None

    def _warn(self, seconds: float) -> None:
        stated = self.seconds
        if stated - seconds > min(EARLY_END_S, stated * EARLY_END_SHARE):
            missing = stated - seconds
            self.warnings.append(f"{self.path}: ends {missing:.1f} s early; it may be cut off")
        self.warnings += sound_warnings(self.path, self._decoder)


class SoundTrack(SoundSource):
    """The same for any file: of a video the first stream of sound."""

    def _check_others(self) -> None:
        """Nothing is in the way of listening."""


def sound_warnings(path: Path, decoder: SoundDecoder) -> list[str]:
    """What a decoder met that a person should know."""
    counts = {
        "packets of sound were damaged and are silent": decoder.damaged,
        "times the clock of its sound started anew": decoder.restarts,
    }
    return [f"{path}: {count} {what}" for what, count in counts.items() if count]


def write_sound_file(
    target: Path, source: SoundSource, frames: Iterable[AudioFrame], rate: int, overwrite: bool
) -> None:
    """Write frames at `rate` Hz with the tags of their source, whole or not at all.

    Raises MediaError when the target cannot be written, UnsupportedMediaError for its suffix.
    """
    suffix = target.suffix.lower()
    if suffix not in MUXERS:
        raise UnsupportedMediaError(f"{target}: expected a name that ends in {', '.join(MUXERS)}")
    with whole_file(target, overwrite) as temporary:
        try:
            with av.open(str(temporary), "w", format=MUXERS[suffix]) as container:
                encoder = SoundEncoder(container, target, rate, source.layout)
                copy_tags(source.container, container)
                copy_coded_tags(source.stream, encoder.stream)
                if suffix not in (".opus", ".ogg"):  # Ogg tags streams, others the file
                    container.metadata.update(encoder.stream.metadata)
                for frame in frames:
                    container.mux(list(encoder.push(frame)))
                container.mux(list(encoder.flush()))
        except OSError as error:
            raise write_error(target, error) from error
        except av.FFmpegError as error:
            raise MediaError(f"{target}: cannot be written ({error.strerror})") from error
