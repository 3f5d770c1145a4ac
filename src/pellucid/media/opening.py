"""Opening a file: is it media, where is its video, and may the video be worked on?"""

from __future__ import annotations

from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition, Stream

from pellucid.errors import MediaError
from pellucid.media.refuse import check_frame, check_stream
from pellucid.media.video import Video, describe


def probe(path: Path) -> Video:
    """Decode up to the first picture and check everything that may be refused."""
    with open_input(path) as container:
        stream = video_stream(path, container)
        check_stream(path, stream)
        frame = _first_frame(path, container, stream)
        check_frame(path, frame)
        return describe(stream, frame)


def open_input(path: Path) -> InputContainer:
    """Open a media file with PyAV. Raises MediaError with one clear sentence."""
    try:
        if path.is_dir():
            raise MediaError(f"{path}: is a folder, expected a media file")
        if not path.exists():
            raise MediaError(f"{path}: no such file")
        # surrogateescape: a tag in a broken encoding is carried over byte by byte.
        # file: keeps a name like "12:30.mp4" from being taken for a protocol, and a playlist from
        # fetching anything over the network.
        return av.open(f"file:{path}", metadata_errors="surrogateescape")
    except PermissionError as error:
        raise MediaError(f"{path}: cannot be read, permission denied") from error
    except av.FFmpegError as error:
        raise MediaError(
            f"{path}: is no media file that can be read, or is damaged or cut off "
            f"({error.strerror})"
        ) from error


def video_stream(path: Path, container: InputContainer) -> av.VideoStream:
    """Return the best video stream that is not cover art. Raises MediaError without one."""
    moving = [each for each in container.streams.video if not is_cover(each)]
    if not moving:
        held = "sound but no video" if container.streams.audio else "no video"
        raise MediaError(f"{path}: holds {held}")
    best = container.streams.best("video")
    return next((each for each in moving if each is best), moving[0])


def is_cover(stream: Stream) -> bool:
    """Say whether the stream is a single attached picture, such as an album's cover."""
    return bool(stream.disposition & Disposition.attached_pic)


def _first_frame(path: Path, container: InputContainer, stream: av.VideoStream) -> av.VideoFrame:
    try:
        for packet in container.demux(stream):
            try:
                for frame in packet.decode():
                    return frame
            except av.FFmpegError:
                continue  # damaged; a later one may be good
    except av.FFmpegError as error:
        raise MediaError(f"{path}: is damaged before its first picture") from error
    raise MediaError(f"{path}: holds a video stream without a single picture")
