"""Telling the encoder and the muxer everything about the video that must be kept."""

from __future__ import annotations

import math
from pathlib import Path

import av
from av.codec.context import Flags

from pellucid.errors import UnsupportedMediaError
from pellucid.media.encoding import Encoder
from pellucid.media.layout import NAMES, PLANAR
from pellucid.media.source import Source
from pellucid.media.video import DisplayMatrix, Video

MOV_SUFFIXES = (".mp4", ".m4v", ".mov")
WITHOUT_ASPECT = ("libvpx-vp9", "libsvtav1", "ffv1")
LARGEST_TIMESCALE = 2**31 - 1


def configure(stream: av.VideoStream, video: Video, scale: int) -> None:
    """Carry size, times and tags over to the encoder, before it is opened."""
    context = stream.codec_context
    context.width, context.height = video.width * scale, video.height * scale
    context.time_base = stream.time_base = video.time_base
    # Without reordering, MP4's durations are exactly the frames' own; with B-frames they would
    # be differences of decoding times, wrong at variable frame rate.
    context.max_b_frames = 0
    context.flags |= Flags.frame_duration
    context.colorspace = video.colour.matrix
    context.color_range = video.colour.range
    context.color_primaries = video.colour.primaries
    context.color_trc = video.colour.transfer
    if video.sample_aspect_ratio is not None:
        context.sample_aspect_ratio = video.sample_aspect_ratio
    if video.display_matrix is not None:
        stream.set_display_matrix(_scaled(video.display_matrix, scale))


def _scaled(matrix: DisplayMatrix, scale: int) -> DisplayMatrix:
    # Entries 6 and 7 move the picture by pixels (16.16 fixed point), so they grow with it.
    a, b, u, c, d, v, x, y, w = matrix
    return a, b, u, c, d, v, x * scale, y * scale, w


def muxer_options(suffix: str, source: Source) -> dict[str, str]:
    """Return the options that make the muxer of a suffix such as ".mp4" keep every time."""
    if suffix not in MOV_SUFFIXES:
        # Sound may start before 0 (an AAC encoder's priming); by default the muxer would then
        # move everything, the picture too, to start at 0.
        return {"avoid_negative_ts": "disabled"}
    # MP4 counts start offsets in the movie's own unit, by default milliseconds, which would
    # round them; a common multiple of all streams' units is exact.
    rates = [each.time_base.denominator for each in source.container.streams if each.time_base]
    timescale = math.lcm(*rates)
    if timescale > LARGEST_TIMESCALE:
        timescale = source.video.time_base.denominator
    return {"movie_timescale": str(timescale)}


def check_aspect(target: Path, encoder: Encoder, video: Video) -> None:
    """Raise UnsupportedMediaError where the shape of the samples would be lost."""
    # PyAV sets the aspect of the coded stream alone; Matroska's own field stays empty, and these
    # codecs have none in the stream that readers look at.
    matroska = target.suffix.lower() not in MOV_SUFFIXES
    if matroska and encoder.name in WITHOUT_ASPECT and video.sample_aspect_ratio not in (None, 1):
        raise UnsupportedMediaError(
            f"{target}: its samples are not square ({video.sample_aspect_ratio}), which "
            f"{encoder.name} in {target.suffix} cannot say; use the codec h264 or write to .mp4"
        )


def pixel_format(target: Path, encoder: Encoder, subsampling: tuple[int, int] | None) -> str:
    """Pick the 8-bit planar format of the source's chroma; None is grey.

    Raises UnsupportedMediaError when the encoder has none.
    """
    held = {each.name for each in av.Codec(encoder.name, "w").video_formats or ()}
    if PLANAR[subsampling] in held:
        return PLANAR[subsampling]
    if subsampling is None:
        return "yuv420p"  # grey with neutral chroma is the same picture
    raise UnsupportedMediaError(
        f"{target}: {encoder.name} cannot encode {NAMES[subsampling]}; use the codec h264 or ffv1"
    )
