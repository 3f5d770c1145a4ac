"""What a call does to a picture on its way: coded and decoded in memory, as a sender would.

Serves training (degrade through the real codec) and measuring (the call protocol) alike.
Settings of a live sender: no look-ahead, no B-frames, one keyframe at the start.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import av

from pellucid.errors import FrameError, MediaError
from pellucid.frames import VideoFrame
from pellucid.media.layout import planes, to_av
from pellucid.media.priority import own_priority

Codec = Literal["x264", "vp8", "vp9", "av1"]
ENCODERS: dict[Codec, str] = {
    "x264": "libx264",
    "vp8": "libvpx",
    "vp9": "libvpx-vp9",
    "av1": "libsvtav1",
}
# x264 repeats its headers in the stream, as senders over RTP do. A negative cpu-used fixes VP8's
# speed; a positive one follows the machine's load. One thread: the bytes do not depend on it.
OPTIONS: dict[Codec, dict[str, str]] = {
    "x264": {
        "preset": "veryfast",
        "tune": "zerolatency",
        "g": "300",
        "x264-params": "repeat-headers=1",
        "threads": "1",
    },
    "vp8": {
        "deadline": "realtime",
        "cpu-used": "-6",
        "lag-in-frames": "0",
        "g": "300",
        "threads": "1",
    },
    "vp9": {
        "deadline": "realtime",
        "cpu-used": "7",
        "lag-in-frames": "0",
        "g": "300",
        "threads": "1",
    },
    "av1": {"preset": "11", "g": "300", "svtav1-params": "pred-struct=1:lp=1", "threads": "1"},
}


@dataclass(frozen=True)
class Coding:
    """How hard to code: at a constant rate, or at a constant quantiser.

    kilobits: kbit/s; b = maxrate = bufsize. quantiser: x264's CRF (0..51), the others' quantiser
    (0..63), used when kilobits is None. fps: frames a second that rate control assumes.
    options: of the encoder, over `OPTIONS`.
    """

    codec: Codec
    kilobits: float | None = None
    quantiser: float = 30.0
    fps: int = 30
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Coded:
    """What arrives: the decoded pictures, and what they weighed as a Matroska file in bytes."""

    frames: list[VideoFrame]
    size: int


def through_codec(frames: Sequence[VideoFrame], coding: Coding) -> Coded:
    """Code and decode 4:2:0 frames of one even size. One frame comes out for each.

    Raises FrameError for other frames, MediaError when the codec fails or is missing.
    """
    first = frames[0]
    if first.height % 2 or first.width % 2 or first.subsampling != (2, 2) or first.u is None:
        raise FrameError(f"frames: expected 4:2:0 of even size, got {first!r}")
    try:
        data = encode(frames, coding)
    except av.FFmpegError as error:
        raise MediaError(f"{coding.codec}: cannot code {first!r} ({error.strerror})") from error
    received = _decode(data)
    if len(received) != len(frames):
        raise MediaError(f"{coding.codec}: expected {len(frames)} frames, got {len(received)}")
    return Coded(received, len(data))


def encode(frames: Sequence[VideoFrame], coding: Coding) -> bytes:
    """A Matroska file of the frames. Raises av.FFmpegError."""
    os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 knows no other way to speak of errors only
    options = {**OPTIONS[coding.codec], **_rate(coding), **coding.options}
    memory = io.BytesIO()
    with av.open(memory, "w", format="matroska") as container:
        stream = container.add_stream(ENCODERS[coding.codec], rate=coding.fps, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = "yuv420p"
        stream.thread_count = int(options["threads"])
        with own_priority():
            container.start_encoding()
        for pts, frame in enumerate(frames):
            picture = to_av(frame, "yuv420p")
            picture.pts, picture.time_base = pts, Fraction(1, coding.fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return memory.getvalue()


def _decode(data: bytes) -> list[VideoFrame]:
    with av.open(io.BytesIO(data), "r") as container:
        container.streams.video[0].thread_count = 1  # in training there is a process for each core
        return [_frame(picture, pts) for pts, picture in enumerate(container.decode(video=0))]


def _frame(picture: av.VideoFrame, pts: int) -> VideoFrame:
    y, u, v = (None if plane is None else plane.copy() for plane in planes(picture))
    assert y is not None
    return VideoFrame(y, u, v, pts)


def _rate(coding: Coding) -> dict[str, str]:
    if coding.kilobits is not None:
        bits = str(round(coding.kilobits * 1000))
        return {"b": bits, "maxrate": bits, "bufsize": bits}
    if coding.codec == "x264":
        return {"crf": f"{coding.quantiser:.1f}"}
    quantiser = str(round(coding.quantiser))
    if coding.codec == "av1":
        return {"crf": quantiser}
    return {"b": "100M", "qmin": quantiser, "qmax": quantiser}
