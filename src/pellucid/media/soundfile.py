"""Sound files from path to path: WAV, FLAC, Opus, MP3, M4A, tags kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import av

from pellucid.errors import MediaError, UnsupportedMediaError
from pellucid.frames import AudioFrame
from pellucid.media.atomic import whole_file, write_error
from pellucid.media.opening import open_input
from pellucid.media.sound_in import SoundDecoder, layout_of
from pellucid.media.sound_out import CODECS, MUXERS, SoundEncoder


class SoundSource:
    """The first stream of sound of a file; a context manager. Raises MediaError without one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.container = open_input(path)
        if not self.container.streams.audio:
            self.container.close()
            raise MediaError(f"{path}: holds no sound")
        self._stream = self.container.streams.audio[0]
        self.layout = layout_of(self._stream)
        self._decoder = SoundDecoder(self._stream)
        self.seconds = (self.container.duration or 0) / av.time_base

    def __enter__(self) -> SoundSource:
        return self

    def __exit__(self, *error: object) -> None:
        self.container.close()

    @property
    def damaged(self) -> int:
        """Packets so far that could not be decoded."""
        return self._decoder.damaged

    def frames(self) -> Iterator[AudioFrame]:
        """The sound, unbroken, pts from 0 on. Raises MediaError if there is none."""
        first: int | None = None  # MP3 begins where its coder's delay ends
        for packet in self._packets():
            for frame in self._decoder.push(packet):
                first = frame.pts if first is None else first
                yield replace(frame, pts=frame.pts - first)
        if first is None:
            raise MediaError(f"{self.path}: holds no sound that can be decoded")

    def _packets(self) -> Iterator[av.Packet[av.AudioStream] | None]:
        try:
            for packet in self.container.demux(self._stream):
                if packet.size:
                    yield packet
        except av.FFmpegError:
            pass  # cut off: what came before is whole
        yield None


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
                container.metadata.update(source.container.metadata)
                encoder = SoundEncoder(container, target, rate, source.layout)
                for frame in frames:
                    container.mux(list(encoder.push(frame)))
                container.mux(list(encoder.flush()))
        except OSError as error:
            raise write_error(target, error) from error
        except av.FFmpegError as error:
            raise MediaError(f"{target}: cannot be written ({error.strerror})") from error


__all__ = ["CODECS", "SoundSource", "write_sound_file"]
