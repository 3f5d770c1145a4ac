"""Carrying over what is not the video: sound, subtitles, data, covers, chapters and tags."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import AttachmentStream, DataStream, Stream
from av.subtitles.stream import SubtitleStream

from pellucid.errors import UnsupportedMediaError
from pellucid.media.encoding import MUXERS
from pellucid.media.opening import is_cover, open_input
from pellucid.media.source import Source

# Tags the muxer writes itself; the source's would be wrong or doubled.
CONTAINER_TAGS = {"major_brand", "minor_version", "compatible_brands", "encoder"}

# Tags that describe how a stream was coded that is coded anew.
CODED_TAGS = (
    "encoder",
    "duration",
    "bps",
    "number_of_",
    "_statistics_",
    "alpha_mode",
    "vendor_id",
)

MIME_TYPES = {"mjpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "bmp": "image/bmp"}


def copy_tags(source: InputContainer, output: OutputContainer) -> None:
    """Copy the container's metadata and chapters."""
    kept = {key: text for key, text in source.metadata.items() if key.lower() not in CONTAINER_TAGS}
    output.metadata.update(kept)
    output.set_chapters(source.chapters())


def copy_stream_tags(source: Stream, output: Stream) -> None:
    """Copy language, title, handler and the like, and what the stream is meant for."""
    _copy_some_tags(source, output, without=())


def copy_coded_tags(source: Stream, output: Stream) -> None:
    """Copy as `copy_stream_tags` does, less what described a coding that is no more."""
    _copy_some_tags(source, output, without=CODED_TAGS)


def is_filler(packet: Packet[Any], muxer: str) -> bool:
    """Say whether a packet is an empty MP4 subtitle, which an MP4 muxer puts in by itself."""
    if not (isinstance(packet.stream, SubtitleStream) and muxer in ("mp4", "mov")):
        return False
    return packet.stream.codec_context.name == "mov_text" and bytes(packet) == b"\0\0"


def pass_stream(
    source: Source, stream: Stream, output: OutputContainer, target: Path
) -> Stream | str | None:
    """Make room for a stream of the source in the output.

    Returns the new stream; or a sentence when a stream nobody sees or hears cannot be kept; or
    None when nothing needs to be passed. Raises UnsupportedMediaError when sound, subtitles or
    a second video cannot be held.
    """
    if _is_written_by_muxer(stream, source.container):
        return None
    if is_cover(stream) and output.format.name == "matroska":
        output.add_attachment(*_cover_file(source.path, stream))
        return None
    if _holds(output.format.name, stream):
        made = _add(output, stream)
        copy_stream_tags(stream, made)
        return made
    if is_cover(stream) or isinstance(stream, DataStream | AttachmentStream):
        return f"{target}: {_name(stream)} cannot be kept in this container and was left out"
    other = _other_suffixes(source.path, target)
    way_out = f"write to {other} instead" if other else "take it out first"
    raise UnsupportedMediaError(
        f"{target}: a {target.suffix} file cannot hold {_name(stream)}; {way_out}"
    )


def _copy_some_tags(source: Stream, output: Stream, without: tuple[str, ...]) -> None:
    kept = dict(source.metadata)
    if "name" in kept:  # MP4's demuxer says "name" for what its muxer writes from "title"
        kept.setdefault("title", kept.pop("name"))
    for key, text in kept.items():
        if not (without and key.lower().startswith(without)):
            output.metadata[key] = text
    output.disposition = source.disposition


def _add(output: OutputContainer, stream: Stream) -> Stream:
    # opaque: copy the parameters as they are, without looking for an encoder of that codec.
    return output.add_stream_from_template(stream, opaque=True)


def _holds(muxer: str, stream: Stream) -> bool:
    """Find out by writing a header with this stream alone into memory."""
    trial = av.open(io.BytesIO(), "w", format=muxer)
    try:
        copy_stream_tags(stream, _add(trial, stream))
        trial.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    return True


def _is_written_by_muxer(stream: Stream, container: InputContainer) -> bool:
    """Find the tracks an MP4 muxer makes anew from chapters and from the time code tag."""
    if not isinstance(stream, DataStream) or not container.format.name.startswith("mov"):
        return False
    chapter_titles = stream.name == "bin_data" and bool(container.chapters())
    return chapter_titles or "timecode" in stream.metadata


def _cover_file(path: Path, stream: Stream) -> tuple[str, str, bytes]:
    """Return name, MIME type and bytes of a cover, as Matroska attaches it."""
    kind = stream.codec_context.codec.canonical_name
    mime = stream.metadata.get("mimetype") or MIME_TYPES.get(kind, "image/jpeg")
    name = stream.metadata.get("filename") or f"cover.{mime.partition('/')[2]}"
    with open_input(path) as container:
        for packet in container.demux(container.streams[stream.index]):
            return name, mime, bytes(packet)
    return name, mime, b""


def _name(stream: Stream) -> str:
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else stream.name
    kind = {"subtitle": "the subtitles", "audio": "the sound", "video": "the second video"}
    what = "the cover" if is_cover(stream) else kind.get(stream.type, f"the {stream.type} track")
    return f"{what} of stream {stream.index} ({codec or 'unknown'})"


def _other_suffixes(source: Path, target: Path) -> str:
    """Name containers that may do: the source's own holds what it holds, and .mkv most."""
    likely = dict.fromkeys([".mkv", source.suffix.lower()])
    return " or ".join(each for each in likely if each in MUXERS and each != target.suffix.lower())
