"""Makes the small real files the media tests read, and looks at the ones they wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags

from pellucid.frames import Plane, VideoFrame
from pellucid.media import Encoding, Passed, Sink, Source
from pellucid.media.priority import own_priority

Change = Callable[[VideoFrame], VideoFrame]
FAST = Encoding(codec="h264", preset="ultrafast")
LOSSLESS = Encoding(codec="ffv1")


@dataclass(frozen=True)
class Clip:
    """What to make; sizes in samples, pts and durations in time_base units."""

    codec: str = "libx264"
    pixels: str = "yuv420p"
    size: tuple[int, int] = (64, 48)
    pts: Sequence[int] = tuple(range(10))
    durations: Sequence[int] = ()
    time_base: Fraction = Fraction(1, 25)
    b_frames: int = 0
    options: dict[str, str] = field(default_factory=dict)
    matrix: int = 2
    range: int = 0
    primaries: int = 2
    transfer: int = 2
    aspect: Fraction | None = None
    display_matrix: tuple[int, ...] | None = None
    tags: dict[str, str] = field(default_factory=dict)
    muxer: dict[str, str] = field(default_factory=dict)
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)


def make(path: Path, clip: Clip = Clip()) -> Path:
    """Write a video-only file."""
    with av.open(str(path), "w", container_options=dict(clip.muxer)) as container:
        stream = add_video(container, clip)
        mux_video(container, stream, clip)
    return path


def add_video(container: av.container.OutputContainer, clip: Clip) -> av.VideoStream:
    stream = container.add_stream(clip.codec, rate=25, options=dict(clip.options))
    stream.width, stream.height = clip.size
    stream.pix_fmt = clip.pixels
    context = stream.codec_context
    context.time_base = stream.time_base = clip.time_base
    context.max_b_frames = clip.b_frames
    context.flags |= Flags.frame_duration
    context.colorspace, context.color_range = clip.matrix, clip.range
    context.color_primaries, context.color_trc = clip.primaries, clip.transfer
    if clip.aspect:
        context.sample_aspect_ratio = clip.aspect
    if clip.display_matrix:
        stream.set_display_matrix(clip.display_matrix)
    stream.metadata.update(clip.tags)
    return stream


def mux_video(container: av.container.OutputContainer, stream: av.VideoStream, clip: Clip) -> None:
    durations = clip.durations or [1] * len(clip.pts)
    with own_priority():
        container.start_encoding()
    for index, (pts, duration) in enumerate(zip(clip.pts, durations, strict=True)):
        frame = picture(index, clip.size, clip.pixels)
        frame.pts, frame.time_base, frame.duration = pts, clip.time_base, duration
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def picture(index: int, size: tuple[int, int], pixels: str) -> av.VideoFrame:
    """A diagonal wave that moves with `index`, different in every plane and line."""
    frame = av.VideoFrame(*size, pixels)
    for number, plane in enumerate(each for each in frame.planes if each.line_size):
        line = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows, columns = np.indices(line.shape)
        line[:] = 128 + 90 * np.sin((columns + 2 * rows + 3 * index) / 5 + number)
    return frame


def copy(
    source_path: Path,
    target: Path,
    scale: int = 1,
    encoding: Encoding = FAST,
    change: Change = lambda frame: frame,
) -> tuple[Source, Sink]:
    """Pass a file through Source and Sink."""
    with Source(source_path) as source, Sink(target, source, scale, encoding) as sink:
        for item in source.items():
            if isinstance(item, Passed):
                sink.copy(item)
            else:
                sink.write(change(item))
    return source, sink


def twice(frame: VideoFrame) -> VideoFrame:
    """Double the size by repeating samples; odd chroma is cut to what the new luma needs."""
    rows, columns = frame.subsampling
    high, wide = -(-2 * frame.height // rows), -(-2 * frame.width // columns)

    def up(plane: Plane | None) -> Plane | None:
        if plane is None:
            return None
        return np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1)[:high, :wide]

    return replace(frame, y=np.repeat(np.repeat(frame.y, 2, 0), 2, 1), u=up(frame.u), v=up(frame.v))


def frames(path: Path) -> list[VideoFrame]:
    with Source(path) as source:
        found = [item for item in source.items() if isinstance(item, VideoFrame)]
    assert found
    return found


def times(path: Path) -> list[tuple[Fraction, Fraction]]:
    """(pts, duration) in seconds of every decoded frame, read by PyAV alone."""
    with av.open(str(path)) as container:
        found = [
            (frame.pts * frame.time_base, frame.duration * frame.time_base)
            for frame in container.decode(video=0)
        ]
    assert found
    return found


def pts(path: Path) -> list[Fraction]:
    return [start for start, _ in times(path)]


def packets(path: Path, kind: str, number: int = 0) -> list[tuple[Fraction, Fraction, bytes]]:
    """(pts, duration, bytes) of every packet of the n-th stream of a kind."""
    with av.open(str(path)) as container:
        stream = [each for each in container.streams if each.type == kind][number]
        found = [
            (each.pts * each.time_base, each.duration * each.time_base, bytes(each))
            for each in container.demux(stream)
            if each.size
        ]
    assert found
    return found


def video_context(path: Path) -> av.VideoCodecContext:
    with av.open(str(path)) as container:
        next(container.decode(video=0))
        return container.streams.video[0].codec_context


def same_samples(one: VideoFrame, other: VideoFrame) -> bool:
    pairs = [(one.y, other.y), (one.u, other.u), (one.v, other.v)]
    return all(
        (a is None and b is None) or (a is not None and b is not None and np.array_equal(a, b))
        for a, b in pairs
    )


def overwrite_packets(path: Path, indices: Sequence[int], keep: int = 0) -> list[int]:
    """Fill the n-th video packets (in file order) with noise past `keep` bytes; return pts."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        found = [each for each in container.demux(video=0) if each.size]
        bodies = [(bytes(each), each.pts) for each in found]
    noise = np.random.default_rng(0)
    for index in indices:
        body, _ = bodies[index]
        at = data.find(body)
        assert at > 0
        data[at + keep : at + len(body)] = noise.bytes(len(body) - keep)
    path.write_bytes(data)
    return [bodies[index][1] for index in indices]
