"""Writing a file: frames are encoded, everything else is copied, nothing half-done is left."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

import av
from av.container import OutputContainer
from av.video.reformatter import Interpolation

from pellucid.errors import MediaError, UnsupportedMediaError
from pellucid.frames import VideoFrame
from pellucid.media.atomic import check_not_source, check_target, whole_file, write_error
from pellucid.media.configure import (
    MOV_SUFFIXES,
    check_aspect,
    configure,
    muxer_options,
    pixel_format,
)
from pellucid.media.encoding import MUXERS, Encoding
from pellucid.media.layout import NAMES, to_av
from pellucid.media.passing import (
    copy_coded_tags,
    copy_tags,
    is_filler,
    pass_stream,
)
from pellucid.media.priority import own_priority
from pellucid.media.sound_in import Heard, layout_of
from pellucid.media.sound_out import SoundEncoder
from pellucid.media.source import Passed, Source

BUFFER_BYTES = 2**18


class Sink:
    """A video file being written at `scale` times the source's size; a context manager.

    Entering checks everything that can fail early and writes the header; leaving it well
    finishes the file under its name, leaving it by an exception removes every trace. `rescaled`
    counts frames that came in another size and were brought to the output's by bicubic;
    `warnings` collects sentences on what could not be kept. MP4 and MOV keep every time exactly;
    Matroska and WebM count milliseconds, so times of another unit are rounded to the nearest.

    Raises MediaError when the target cannot be written, is the source, exists (unless
    `overwrite`), or the disk fails; UnsupportedMediaError when it cannot hold what the source
    holds.
    """

    def __init__(
        self,
        target: str | Path,
        source: Source,
        scale: int = 2,
        encoding: Encoding | None = None,
        overwrite: bool = False,
        sounds: Mapping[int, int] | None = None,
    ) -> None:
        """Check names; nothing is touched before entering.

        sounds: the source's streams that come as samples, and at how many Hz.
        """
        self.target = Path(target)
        self.rescaled = 0
        self.warnings: list[str] = []
        self._source = source
        self._scale = scale
        self._encoding = encoding or Encoding()
        self._encoder = self._encoding.encoder_for(self.target.suffix)
        self._overwrite = overwrite
        self._stack = ExitStack()
        self._passed: dict[int, av.stream.Stream] = {}
        self._sounds = dict(sounds or {})
        self._speaking: dict[int, SoundEncoder] = {}
        self._silent = frozenset(self._sounds)  # of which nothing has come yet
        self._refused: set[int] = set()

    def __enter__(self) -> Self:
        """Open the temporary file and write its header."""
        self._check_target()
        with ExitStack() as stack:
            temporary = stack.enter_context(whole_file(self.target, self._overwrite))
            # Our own file object, because PyAV leaves its own open when the header fails.
            self._file = temporary.open("wb", buffering=BUFFER_BYTES)
            stack.callback(_abandon, self._file)
            self._container = self._open()
            stack.callback(_abandon, self._container)
            self._lay_out()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file, or remove it when the block failed."""
        if error is not None:
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack, self._written():
            self._container.mux(self._stream.encode(None))
            for encoder in self._speaking.values():
                self._container.mux(list(encoder.flush()))
            self._container.close()
            self._file.close()

    def write(self, frame: VideoFrame) -> None:
        """Encode one frame; its pts is kept exactly.

        Planes may have any strides. A frame of another size than `scale` times the source's is
        rescaled. Raises FrameError when its chroma is not the source's, MediaError when the
        disk fails.
        """
        picture = self._fit(to_av(frame, self._pixels))
        picture.pts = frame.pts
        picture.time_base = frame.time_base
        picture.duration = self._source.duration_of(frame.pts)
        with self._written():
            self._container.mux(self._stream.encode(picture))

    def speak(self, heard: Heard) -> None:
        """Encode sound of a stream that was announced; its pts is kept exactly.

        Where the container counts milliseconds, a sound that begins later than the file has
        silence in front of it, and so begins at a time that it can say.
        """
        first, self._silent = heard.index in self._silent, self._silent - {heard.index}
        with self._written():
            if first and self._container.format.name in ("matroska", "webm"):
                self._container.mux(list(self._speaking[heard.index].lead(heard.frame)))
            self._container.mux(list(self._speaking[heard.index].push(heard.frame)))

    def copy(self, passed: Passed) -> None:
        """Write a packet of another stream as it is. Raises MediaError when the disk fails."""
        index = passed.packet.stream_index
        if index not in self._passed or is_filler(passed.packet, self._container.format.name):
            return
        passed.packet.stream = self._passed[index]
        with self._written():
            try:
                self._container.mux(passed.packet)
            except av.error.ArgumentError:
                self._note_refused(index)

    def _check_target(self) -> None:
        check_not_source(self.target, self._source.path)
        check_target(self.target, self._overwrite)
        if self.target.suffix.lower() not in MUXERS:
            raise UnsupportedMediaError(
                f"{self.target}: expected a name that ends in {', '.join(MUXERS)}; only these keep "
                "every time stamp"
            )

    def _open(self) -> OutputContainer:
        suffix = self.target.suffix.lower()
        return av.open(
            self._file,
            "w",
            format=MUXERS[suffix],
            container_options=muxer_options(suffix, self._source),
            metadata_errors="surrogateescape",
            buffer_size=BUFFER_BYTES,
        )

    def _lay_out(self) -> None:
        """Add all streams in the source's order, then write the header."""
        for stream in self._source.container.streams:
            if stream.index == self._source.stream.index:
                self._stream = self._add_video()
                copy_coded_tags(stream, self._stream)
                continue
            if stream.index in self._sounds:
                self._add_sound(stream)
                continue
            made = pass_stream(self._source, stream, self._container, self.target)
            if isinstance(made, str):
                self.warnings.append(made)
            elif made is not None:
                self._passed[stream.index] = made
        copy_tags(self._source.container, self._container)
        self._start()

    def _add_sound(self, stream: av.stream.Stream) -> None:
        layout = layout_of(cast(av.AudioStream, stream))
        rate = self._sounds[stream.index]
        encoder = SoundEncoder(self._container, self.target, rate, layout)
        copy_coded_tags(stream, encoder.stream)
        self._speaking[stream.index] = encoder

    def _add_video(self) -> av.VideoStream:
        video = self._source.video
        if self._encoder.name == "libsvtav1":
            os.environ.setdefault("SVT_LOG", "1")  # errors only; it knows no other way to be quiet
        try:
            options = self._encoding.options(self._encoder)
            added = self._container.add_stream(self._encoder.name, video.rate, options)
        except ValueError as error:
            raise UnsupportedMediaError(
                f"{self.target}: a {self.target.suffix} file cannot hold "
                f"{self._encoder.name} video; write to .mkv instead"
            ) from error
        stream = cast(av.VideoStream, added)
        check_aspect(self.target, self._encoder, video)
        self._pixels = pixel_format(self.target, self._encoder, video.subsampling)
        stream.pix_fmt = self._pixels
        configure(stream, video, self._scale)
        if self._encoder.name == "libx265" and self.target.suffix.lower() in MOV_SUFFIXES:
            stream.codec_context.codec_tag = "hvc1"  # the only tag Apple's players accept
        return stream

    def _start(self) -> None:
        try:
            with own_priority():
                self._container.start_encoding()
        except OSError as error:
            raise write_error(self.target, error) from error
        except av.FFmpegError as error:
            context = self._stream.codec_context
            raise UnsupportedMediaError(
                f"{self.target}: {self._encoder.name} cannot encode {context.width}x"
                f"{context.height} {NAMES[self._source.video.subsampling]} into "
                f"{self.target.suffix} ({error.strerror}); try the codec ffv1 and .mkv"
            ) from error

    def _fit(self, picture: av.VideoFrame) -> av.VideoFrame:
        context = self._stream.codec_context
        if (picture.width, picture.height) == (context.width, context.height):
            return picture
        self.rescaled += 1
        return picture.reformat(
            context.width, context.height, interpolation=Interpolation.BICUBIC, threads=1
        )

    def _note_refused(self, index: int) -> None:
        if index not in self._refused:
            self._refused.add(index)
            self.warnings.append(
                f"{self._source.path}: stream {index} has packets out of order, which were left out"
            )

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise write_error(self.target, error) from error
        except av.FFmpegError as error:
            raise MediaError(f"{self.target}: cannot be written ({error.strerror})") from error


def _abandon(opened: OutputContainer | BinaryIO) -> None:
    """Close it whatever state it is in; after a good close this does nothing."""
    with suppress(av.FFmpegError, OSError, ValueError):
        opened.close()
