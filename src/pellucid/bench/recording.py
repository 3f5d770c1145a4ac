"""A call as it arrives: frames coded at a call's settings into Matroska in memory, and decoded."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av

from pellucid.errors import FrameError, MediaError
from pellucid.frames import VideoFrame
from pellucid.media.layout import planes, to_av
from pellucid.video.coding import ENCODERS, OPTIONS, Codec

# The baselines were measured with two encoder threads. x264 then codes two slices, and under a
# rate limit its slice threads do not give the same bytes twice; two slices on one thread do, and
# score within 0.02 dB. libvpx is repeatable with two threads, given two cores or more.
PARTS = {"x264": {"slices": "2", "threads": "1"}, "vp8": {"threads": "2"}}


@dataclass(frozen=True, eq=False)
class Recording:
    """frames: as decoded. kilobits: what the file weighs, its headers included, in kbit/s."""

    frames: tuple[VideoFrame, ...]
    kilobits: float


def record(frames: Sequence[VideoFrame], codec: Codec, kilobits: int, fps: int = 30) -> Recording:
    """Code 4:2:0 frames of one even size at b = maxrate = bufsize = kilobits, and decode them.

    One frame comes out for each that goes in. Raises FrameError, and MediaError when the codec
    is missing from PyAV.
    """
    first = frames[0]
    if first.height % 2 or first.width % 2 or first.subsampling != (2, 2) or first.u is None:
        raise FrameError(f"frames: expected 4:2:0 of even size, got {first!r}")
    try:
        data = _encode(frames, {**OPTIONS[codec], **PARTS[codec], **_rate(kilobits)}, codec, fps)
    except av.FFmpegError as error:
        raise MediaError(f"{codec}: cannot encode {first!r} ({error.strerror})") from error
    received = _decode(data)
    if len(received) != len(frames):
        raise MediaError(f"{codec}: expected {len(frames)} frames back, got {len(received)}")
    return Recording(received, len(data) * 8 * fps / len(frames) / 1000)


def _encode(frames: Sequence[VideoFrame], options: dict[str, str], codec: Codec, fps: int) -> bytes:
    memory = io.BytesIO()
    with av.open(memory, "w", format="matroska") as container:
        stream = container.add_stream(ENCODERS[codec], rate=fps, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = "yuv420p"
        stream.thread_count = int(options["threads"])
        for pts, frame in enumerate(frames):
            picture = to_av(frame, "yuv420p")
            picture.pts, picture.time_base = pts, Fraction(1, fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return memory.getvalue()


def _decode(data: bytes) -> tuple[VideoFrame, ...]:
    with av.open(io.BytesIO(data), "r") as container:
        decoded = list(container.decode(video=0))
    return tuple(_frame(picture, index) for index, picture in enumerate(decoded))


def _frame(picture: av.VideoFrame, index: int) -> VideoFrame:
    y, u, v = (None if plane is None else plane.copy() for plane in planes(picture))
    assert y is not None
    return VideoFrame(y, u, v, index)


def _rate(kilobits: int) -> dict[str, str]:
    bits = str(kilobits * 1000)
    return {"b": bits, "maxrate": bits, "bufsize": bits}
