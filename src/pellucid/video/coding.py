"""What a call does to a picture on its way: coded and decoded in memory, as a sender would.

Serves training (degrade through the real codec) and measuring (the call protocol) alike.
Settings of a live sender: no look-ahead, no B-frames, one keyframe at the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av

from pellucid.errors import FrameError
from pellucid.frames import VideoFrame
from pellucid.media.layout import planes, to_av

Codec = Literal["x264", "vp8"]
ENCODERS = {"x264": "libx264", "vp8": "libvpx"}
DECODERS = {"x264": "h264", "vp8": "vp8"}
# A negative cpu-used fixes VP8's speed; a positive one follows the machine's load.
OPTIONS = {
    "x264": {"preset": "veryfast", "tune": "zerolatency", "g": "300"},
    "vp8": {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0", "g": "300"},
}


@dataclass(frozen=True)
class Coding:
    """How hard to code: at a constant rate, or at a constant quantiser.

    kilobits: kbit/s; b = maxrate = bufsize. quantiser: x264's CRF (0..51) or VP8's quantiser
    (0..63), used when kilobits is None. fps: frames a second that rate control assumes.
    """

    codec: Codec
    kilobits: float | None = None
    quantiser: float = 30.0
    fps: int = 30


@dataclass(frozen=True, eq=False)
class Coded:
    """What arrives: the decoded pictures, and what they weighed on the wire in bytes."""

    frames: list[VideoFrame]
    size: int


def through_codec(frames: Sequence[VideoFrame], coding: Coding) -> Coded:
    """Code and decode 4:2:0 frames of one even size. One output frame for each input frame."""
    encoder = _encoder(frames[0], coding)
    packets = []
    for index, frame in enumerate(frames):
        packets += encoder.encode(_to_av(frame, index))
    packets += encoder.encode(None)
    decoder = av.CodecContext.create(DECODERS[coding.codec], "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.thread_count = 1  # deterministic, and one process a core is faster
    decoded = [made for packet in [*packets, None] for made in decoder.decode(packet)]
    if len(decoded) != len(frames):
        raise FrameError(f"{coding.codec}: expected {len(frames)} frames back, got {len(decoded)}")
    return Coded([_from_av(frame) for frame in decoded], sum(packet.size for packet in packets))


def _encoder(first: VideoFrame, coding: Coding) -> av.VideoCodecContext:
    if first.height % 2 or first.width % 2 or first.subsampling != (2, 2) or first.u is None:
        raise FrameError(f"frames: expected 4:2:0 of even size, got {first!r}")
    encoder = av.CodecContext.create(ENCODERS[coding.codec], "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = first.width, first.height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, coding.fps), Fraction(coding.fps)
    encoder.thread_count = 1
    encoder.options = {**OPTIONS[coding.codec], **_rate(coding)}
    return encoder


def _rate(coding: Coding) -> dict[str, str]:
    if coding.kilobits is not None:
        bits = str(round(coding.kilobits * 1000))
        return {"b": bits, "maxrate": bits, "bufsize": bits}
    if coding.codec == "x264":
        return {"crf": f"{coding.quantiser:.1f}"}
    quantiser = str(round(coding.quantiser))
    return {"b": "100M", "qmin": quantiser, "qmax": quantiser}


def _to_av(frame: VideoFrame, pts: int) -> av.VideoFrame:
    made = to_av(frame, "yuv420p")
    made.pts = pts
    return made


def _from_av(frame: av.VideoFrame) -> VideoFrame:
    y, u, v = planes(frame)
    assert u is not None
    assert v is not None
    return VideoFrame(y.copy(), u.copy(), v.copy(), frame.pts or 0)
