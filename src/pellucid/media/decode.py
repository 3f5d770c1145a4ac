"""Decoding that goes on past damage: what is missing is filled with the picture before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
from av.codec.context import Flags, ThreadType

from pellucid.errors import UnsupportedMediaError
from pellucid.frames import VideoFrame
from pellucid.media.colour import colour_of, matrix_name, range_name, siting_of
from pellucid.media.layout import LAYOUTS, NAMES, planes
from pellucid.media.refuse import check_frame
from pellucid.media.timeline import Rules, Shown, Timeline
from pellucid.media.video import DEFAULT_TIME_BASE

# Codecs where every packet is one shown picture (VP8's hidden ones aside, see `_is_hidden`), so
# that silence of the decoder means a loss. Others may keep quiet by design, as MPEG-4 does.
EVERY_PACKET_SHOWS = {"h264", "hevc", "vp8", "vp9", "av1", "mjpeg", "ffv1"}

Kind = tuple[str, str, str]  # chroma, range, matrix


class Decoder:
    """Turns packets of one video stream into frames with final times.

    damaged: pictures the decoder marked as corrupt, shown all the same. The timeline counts
    those it had to repeat.
    """

    def __init__(self, path: Path, stream: av.VideoStream, rules: Rules) -> None:
        """Prepare the decoder of `stream`; `path` is for error messages."""
        self.damaged = 0
        codec = stream.codec_context.codec.canonical_name
        self.timeline: Timeline[VideoFrame] = Timeline(
            replace(rules, every_packet_shows=codec in EVERY_PACKET_SHOWS)
        )
        self._path = path
        self._stream = stream
        self._time_base = stream.time_base or DEFAULT_TIME_BASE
        self._siting = siting_of(codec)
        self._hides = codec == "vp8"
        self._kind: Kind | None = None
        # Frame threads report an error some packets late, and we could not tell which packet it
        # was; slice threads decode a packet before the next is looked at.
        stream.codec_context.thread_type = ThreadType.SLICE

    def push(self, packet: av.Packet[Any]) -> Iterator[Shown[VideoFrame]]:
        """Decode one packet; yield the frames that are now final."""
        pts = None if packet.is_discard or (self._hides and _is_hidden(packet)) else packet.pts
        if pts is not None:
            self.timeline.expect(pts, packet.duration or 0)
        try:
            frames = self._stream.decode(packet)
        except av.FFmpegError:
            if pts is not None:
                self.timeline.fail(pts)
            return
        yield from self._show(frames)

    def flush(self) -> Iterator[Shown[VideoFrame]]:
        """Get the frames the decoder still holds, and fill what never came."""
        try:
            frames = self._stream.decode(None)
        except av.FFmpegError:
            frames = []  # what was due is filled by the timeline
        yield from self._show(frames)
        yield from self.timeline.flush()

    def _show(self, frames: list[av.VideoFrame]) -> Iterator[Shown[VideoFrame]]:
        for frame in frames:
            self._check(frame)
            self.damaged += frame.is_corrupt
            yield from self.timeline.show(self._wrap(frame), frame.pts, frame.duration)
        if frames:
            # From now on damaged pictures are better than frozen ones. Not earlier: what cannot
            # be decoded before the first key frame is no picture at all.
            self._stream.codec_context.flags |= Flags.output_corrupt

    def _wrap(self, frame: av.VideoFrame) -> VideoFrame:
        y, u, v = planes(frame)
        colour = colour_of(frame, self._stream.codec_context)
        return VideoFrame(
            y,
            u,
            v,
            pts=frame.pts or 0,
            time_base=self._time_base,
            matrix=matrix_name(colour),
            range=range_name(colour),
            siting=self._siting,
            subsampling=LAYOUTS[frame.format.name].subsampling or (2, 2),
        )

    def _check(self, frame: av.VideoFrame) -> None:
        """Hold every later frame to the kind of the first; only the size may change."""
        check_frame(self._path, frame)
        colour = colour_of(frame, self._stream.codec_context)
        chroma = NAMES[LAYOUTS[frame.format.name].subsampling]
        kind = (chroma, range_name(colour), matrix_name(colour))
        self._kind = self._kind or kind
        if not _same_kind(kind, self._kind):
            raise UnsupportedMediaError(
                f"{self._path}: changes from {', '.join(self._kind)} to {', '.join(kind)} in the "
                "middle; convert it to one kind of colour first"
            )


def _same_kind(kind: Kind, first: Kind) -> bool:
    # Call recordings join layers that say their matrix with layers that do not.
    return kind[:2] == first[:2] and (kind[2] == first[2] or "unspecified" in (kind[2], first[2]))


def _is_hidden(packet: av.Packet[Any]) -> bool:
    """Say whether a VP8 packet is a reference that is never shown (RFC 6386, section 9.1)."""
    header = bytes(memoryview(packet)[:1])
    return bool(header) and not header[0] & 0x10
