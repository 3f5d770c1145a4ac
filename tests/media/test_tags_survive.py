"""Colour tags, rotation, sample shape, chroma and odd sizes come out as they went in."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clips import (
    FAST,
    LOSSLESS,
    Clip,
    copy,
    frames,
    make,
    picture,
    same_samples,
    twice,
    video_context,
)
from PIL import Image
from PIL.Image import Resampling

from pellucid.errors import UnsupportedMediaError
from pellucid.frames import VideoFrame
from pellucid.media import Encoding, Source
from pellucid.media.layout import LAYOUTS, PLANAR, planes, to_av

QUARTER_TURN = (0, 65536, 0, -65536, 0, 0, 48 * 65536, 0, 1 << 30)
MIRRORED = (-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
@pytest.mark.parametrize("numbers", [(1, 2, 1, 1), (5, 1, 5, 6), (6, 0, 6, 6), (9, 2, 9, 14)])
def test_colour_tags_survive(tmp_path: Path, suffix: str, numbers: tuple[int, ...]) -> None:
    matrix, span, primaries, transfer = numbers
    codec = "libvpx-vp9" if suffix == ".webm" else "libx264"
    clip = Clip(
        codec, pts=range(3), matrix=matrix, range=span, primaries=primaries, transfer=transfer
    )
    source = make(tmp_path / f"in{suffix}", clip)
    copy(source, tmp_path / f"out{suffix}", encoding=Encoding())
    before, after = video_context(source), video_context(tmp_path / f"out{suffix}")
    for name in ("colorspace", "color_range", "color_primaries", "color_trc"):
        assert getattr(after, name) == getattr(before, name), name
    assert before.colorspace in (matrix, 6 if matrix == 5 else matrix)


def test_frames_name_their_matrix_and_range(tmp_path: Path) -> None:
    clip = Clip(pts=range(2), matrix=1, range=2, primaries=1, transfer=1)
    (frame, _) = frames(make(tmp_path / "in.mp4", clip))
    assert (frame.matrix, frame.range, frame.siting) == ("bt709", "full", "left")


def test_old_full_range_formats_stay_full_and_keep_their_samples(tmp_path: Path) -> None:
    clip = Clip("mjpeg", "yuvj422p", pts=range(3))
    source = make(tmp_path / "in.mkv", clip)
    copy(source, tmp_path / "out.mkv", encoding=LOSSLESS)
    before, after = frames(source), frames(tmp_path / "out.mkv")
    assert after[0].range == before[0].range == "full"
    assert before[0].siting == "center"
    assert all(same_samples(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("matrix", [QUARTER_TURN, MIRRORED])
def test_rotation_survives(tmp_path: Path, suffix: str, matrix: tuple[int, ...]) -> None:
    source = make(tmp_path / f"in{suffix}", Clip(pts=range(3), display_matrix=matrix))
    copy(source, tmp_path / f"out{suffix}")
    before, after = Source(source).video, Source(tmp_path / f"out{suffix}").video
    assert after.display_matrix == before.display_matrix
    assert before.display_matrix is not None
    assert before.display_matrix[:2] == matrix[:2]


def test_the_rotation_is_what_pyav_says(tmp_path: Path) -> None:
    source = make(tmp_path / "in.mp4", Clip(pts=range(3), display_matrix=QUARTER_TURN))
    with av.open(str(source)) as container:
        frame = next(container.decode(video=0))
    assert abs(Source(source).video.rotation) == 90
    assert abs(Source(source).video.rotation - frame.rotation) <= 1  # PyAV cuts off decimals


def test_the_offset_of_a_rotation_grows_with_the_picture(tmp_path: Path) -> None:
    source = make(tmp_path / "in.mp4", Clip(pts=range(3), display_matrix=QUARTER_TURN))
    copy(source, tmp_path / "out.mp4", scale=2, change=twice)
    before, after = Source(source).video, Source(tmp_path / "out.mp4").video
    assert before.display_matrix is not None
    assert after.display_matrix is not None
    assert before.display_matrix[6] == 48 * 65536
    assert after.display_matrix[6] == 96 * 65536


@pytest.mark.parametrize(
    "target",
    ["h264 .mp4", "h264 .mov", "h264 .mkv", "hevc .mkv", "vp9 .mp4", "av1 .mp4"],
)
def test_sample_aspect_ratio_survives(tmp_path: Path, target: str) -> None:
    codec, suffix = target.split()
    source = make(tmp_path / "in.mp4", Clip(pts=range(3), aspect=Fraction(16, 11)))
    copy(source, tmp_path / f"out{suffix}", encoding=Encoding(codec), scale=2, change=twice)
    assert Source(source).video.sample_aspect_ratio == Fraction(16, 11)
    assert Source(tmp_path / f"out{suffix}").video.sample_aspect_ratio == Fraction(16, 11)


@pytest.mark.parametrize("target", ["vp9 .webm", "av1 .mkv", "ffv1 .mkv"])
def test_sample_aspect_ratio_is_not_lost_silently(tmp_path: Path, target: str) -> None:
    codec, suffix = target.split()
    source = make(tmp_path / "in.mp4", Clip(pts=range(3), aspect=Fraction(16, 11)))
    with pytest.raises(UnsupportedMediaError, match="samples are not square"):
        copy(source, tmp_path / f"out{suffix}", encoding=Encoding(codec))


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv444p", "gray"])
@pytest.mark.parametrize("size", [(64, 48), (33, 25)])
def test_chroma_and_odd_sizes_come_out_twice_as_large(
    tmp_path: Path, pixels: str, size: tuple[int, int]
) -> None:
    source = make(tmp_path / "in.mkv", Clip("ffv1", pixels, size, pts=range(3)))
    copy(source, tmp_path / "out.mp4", scale=2, change=twice)
    context = video_context(tmp_path / "out.mp4")
    # FFmpeg decodes monochrome H.264 to 4:2:0 with neutral chroma.
    assert context.pix_fmt == ("yuv420p" if pixels == "gray" else pixels)
    assert (context.width, context.height) == (2 * size[0], 2 * size[1])


UNPACKED = [
    (pixels, size)
    for pixels, layout in LAYOUTS.items()
    for size in [(32, 24), (33, 25), (16, 17), (97, 63)]
    if not layout.full_range and not (layout.packing == "packed" and size[0] % 2)
]


@pytest.mark.parametrize(("pixels", "size"), UNPACKED)
def test_every_layout_is_unpacked_as_swscale_does(pixels: str, size: tuple[int, int]) -> None:
    frame = picture(1, size, pixels)
    planar = frame.reformat(format=PLANAR[LAYOUTS[pixels].subsampling])
    for ours, theirs in zip(planes(frame), planar.planes, strict=False):
        assert ours is not None
        line = np.frombuffer(memoryview(theirs), np.uint8).reshape(-1, theirs.line_size)
        assert np.array_equal(ours, line[:, : theirs.width])


def test_packed_pixels_of_odd_width_are_unpacked() -> None:
    y, u, v = planes(picture(1, (33, 25), "yuyv422"))
    assert u is not None
    assert v is not None
    assert (y.shape, u.shape, v.shape) == ((25, 33), (25, 17), (25, 17))


def test_planes_of_any_strides_are_encoded_alike(tmp_path: Path) -> None:
    source = make(tmp_path / "in.mp4", Clip(pts=range(4)))

    def upside_down_columns(frame: VideoFrame) -> VideoFrame:
        views = [np.asfortranarray(each[::-1])[::-1] for each in (frame.y, frame.u, frame.v)]
        assert not views[0].flags.c_contiguous
        return VideoFrame(*views, pts=frame.pts, time_base=frame.time_base)

    copy(source, tmp_path / "out.mkv", encoding=LOSSLESS, change=upside_down_columns)
    pairs = list(zip(frames(source), frames(tmp_path / "out.mkv"), strict=True))
    assert all(same_samples(a, b) for a, b in pairs)


def test_frames_cannot_be_written_to(tmp_path: Path) -> None:
    (frame, *_) = frames(make(tmp_path / "in.mp4"))
    assert not frame.y.flags.writeable


def test_grey_becomes_neutral_colour_where_the_codec_has_no_grey(tmp_path: Path) -> None:
    source = make(tmp_path / "in.mkv", Clip("ffv1", "gray", pts=range(3)))
    copy(source, tmp_path / "out.webm", encoding=Encoding(crf=10))
    (frame, *_) = frames(tmp_path / "out.webm")
    assert frame.u is not None
    assert np.abs(frame.u.astype(int) - 128).max() <= 1


def test_a_colour_frame_does_not_fit_a_grey_file() -> None:
    colour = frames_of(picture(0, (32, 24), "yuv444p"))
    with pytest.raises(ValueError, match="expected 4:2:0, got 4:4:4"):
        to_av(colour, "yuv420p")


def frames_of(frame: av.VideoFrame) -> VideoFrame:
    subsampling = LAYOUTS[frame.format.name].subsampling
    assert subsampling is not None
    return VideoFrame(*planes(frame), subsampling=subsampling)


def test_frames_of_another_size_are_rescaled_and_counted(tmp_path: Path) -> None:
    source = resized(tmp_path / "in.mkv")
    sizes = [(frame.width, frame.height) for frame in frames(source)]
    assert sizes == [(64, 48)] * 4 + [(32, 24)] * 3
    _, sink = copy(source, tmp_path / "out.mp4", scale=2, change=twice)
    assert sink.rescaled == 3
    out = frames(tmp_path / "out.mp4")
    assert {(frame.width, frame.height) for frame in out} == {(128, 96)}
    assert len(out) == 7


def test_rescaling_is_bicubic(tmp_path: Path) -> None:
    source = resized(tmp_path / "in.mkv")
    copy(source, tmp_path / "out.mkv", encoding=LOSSLESS)
    ours = frames(tmp_path / "out.mkv")[5].y.astype(float)
    small = Image.fromarray(frames(source)[5].y)
    errors = {
        kind: np.abs(ours - np.asarray(small.resize((64, 48), kind), float)).mean()
        for kind in (Resampling.NEAREST, Resampling.BILINEAR, Resampling.BICUBIC)
    }
    assert min(errors, key=errors.__getitem__) == Resampling.BICUBIC


def resized(path: Path) -> Path:
    """A recording whose sender changed its resolution in the middle, as calls do."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        container.start_encoding()
        for start, size, count in ((0, (64, 48), 4), (4, (32, 24), 3)):
            context = av.CodecContext.create("libvpx", "w")
            context.width, context.height, context.pix_fmt = *size, "yuv420p"
            context.time_base = Fraction(1, 25)
            for index in [*range(start, start + count), None]:
                frame = None if index is None else picture(index, size, "yuv420p")
                if frame is not None:
                    frame.pts = index
                for packet in context.encode(frame):
                    packet.stream = stream
                    container.mux(packet)
    return path


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9", "av1", "ffv1"])
def test_every_codec_writes_what_the_source_shows(tmp_path: Path, codec: str) -> None:
    source = make(tmp_path / "in.mkv", Clip("ffv1", size=(96, 64), matrix=1, range=1, pts=range(5)))
    encoding = FAST if codec == "h264" else Encoding(codec)
    copy(source, tmp_path / "out.mkv", encoding=encoding)
    pairs = list(zip(frames(source), frames(tmp_path / "out.mkv"), strict=True))
    assert len(pairs) == 5
    for before, after in pairs:
        assert after.pts == before.pts
        assert np.abs(before.y.astype(int) - after.y).mean() < (1e-9 if codec == "ffv1" else 6)
