"""What would come out wrong is refused in one sentence that names the file and a way out."""

from __future__ import annotations

import io
import socket
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clips import Clip, add_video, frames, make, mux_video, picture
from PIL import Image

from pellucid.errors import MediaError, UnsupportedMediaError
from pellucid.media import Source

REFUSED = {
    "10-bit": Clip("libx264", "yuv420p10le"),
    "10-bit HEVC": Clip("libx265", "yuv420p10le", options={"x265-params": "log-level=none"}),
    "12-bit": Clip("ffv1", "yuv422p12le"),
    "16-bit grey": Clip("ffv1", "gray16le"),
    "PQ": Clip(transfer=16, primaries=9, matrix=9),
    "HLG": Clip(transfer=18, primaries=9, matrix=9),
    "transparency": Clip("ffv1", "yuva420p"),
    "transparency in a PNG": Clip("png", "rgba"),
    "RGB": Clip("png", "rgb24"),
    "planar RGB": Clip("libx264rgb", "rgb24"),
    "a palette": Clip("png", "pal8"),
    "4:1:1": Clip("ffv1", "yuv411p"),
    "YCgCo": Clip(matrix=8),
    "interlaced": Clip(options={"x264-params": "interlaced=1"}, size=(64, 64)),
}
WORDS = {
    "10-bit": "10-bit",
    "10-bit HEVC": "10-bit",
    "12-bit": "12-bit",
    "16-bit grey": "16-bit",
    "PQ": r"HDR video \(PQ\)",
    "HLG": r"HDR video \(HLG\)",
    "transparency": "transparency",
    "transparency in a PNG": "RGB .rgba",
    "RGB": "rgb24",
    "planar RGB": "gbrp",
    "a palette": "pal8",
    "4:1:1": "yuv411p",
    "YCgCo": "matrix 8",
    "interlaced": "interlaced",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_refused(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path / ("in.mov" if REFUSED[kind].codec == "png" else "in.mkv"), REFUSED[kind])
    with pytest.raises(UnsupportedMediaError, match=WORDS[kind]) as caught:
        Source(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ")
    assert "\n" not in sentence
    assert "first" in sentence  # "convert it first", "tone-map it first", ...


def test_transparency_that_the_decoder_would_drop_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "in.webm", Clip("libvpx-vp9", tags={"alpha_mode": "1"}))
    with pytest.raises(UnsupportedMediaError, match="transparency"):
        Source(path)


def test_interlaced_mpeg2_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.ts"), "w") as container:
        stream = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.flags |= 1 << 18 | 1 << 29  # interlaced DCT and motion
        for index in range(5):
            frame = picture(index, (64, 64), "yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(UnsupportedMediaError, match="interlaced"):
        Source(tmp_path / "in.ts")


def test_a_change_of_chroma_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        stream.codec_context.time_base = Fraction(1, 25)
        container.start_encoding()
        for index, pixels in enumerate(["yuvj420p", "yuvj420p", "yuvj422p"]):
            context = av.CodecContext.create("mjpeg", "w")
            context.width, context.height, context.pix_fmt = 64, 48, pixels
            context.time_base = Fraction(1, 25)
            frame = picture(index, (64, 48), pixels)
            frame.pts = index
            for packet in [*context.encode(frame), *context.encode(None)]:
                packet.stream = stream
                container.mux(packet)
    with pytest.raises(UnsupportedMediaError, match=r"changes from 4:2:0, .* to 4:2:2"):
        frames(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.mp4: no such file"):
        Source(tmp_path / "gone.mp4")


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="is a folder"):
        Source(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"just some words\n" * 50, b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n", bytes(5000)],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_what_is_no_media_file_is_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"notes{suffix}"
    path.write_bytes(content)
    with pytest.raises(MediaError) as caught:
        Source(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_playlist_does_not_reach_the_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        link = f"http://127.0.0.1:{server.getsockname()[1]}/x.ts"
        path = tmp_path / "call.m3u8"
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{link}\n#EXT-X-ENDLIST\n")
        with pytest.raises(MediaError):
            Source(path)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_noise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(np.random.default_rng(0).bytes(20_000))
    with pytest.raises(MediaError, match=r"noise\.mp4: "):
        Source(path)


def test_an_mp4_cut_off_before_its_index_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mp4", Clip(pts=range(40)))
    path.write_bytes(path.read_bytes()[:-1500])
    with pytest.raises(MediaError, match="damaged or cut off"):
        Source(path)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_video_without_a_picture_is_refused(tmp_path: Path, suffix: str) -> None:
    path = make(tmp_path / f"in{suffix}", Clip(pts=()))
    with pytest.raises(MediaError, match="video"):
        Source(path)


@pytest.mark.parametrize("name", ["in.m4a", "in.mp4", "in.wav", "in.mkv"])
def test_sound_without_a_video_is_named_as_such(tmp_path: Path, name: str) -> None:
    with av.open(str(tmp_path / name), "w") as container:
        stream = container.add_stream("pcm_s16le" if name == "in.wav" else "aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.sample_rate = 48000
        resampled = av.AudioResampler(stream.format.name, "stereo", 48000).resample(frame)
        for each in [*resampled, None]:
            container.mux(stream.encode(each))
    with pytest.raises(MediaError, match="holds sound but no video"):
        Source(tmp_path / name)


def test_sound_with_a_cover_is_no_video(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        container.add_attachment("cover.png", "image/png", make_png())
        stream = container.add_stream("flac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), "s16", "stereo")
        frame.sample_rate = 48000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    with av.open(str(tmp_path / "in.mkv")) as container:
        assert len(container.streams.video) == 1
    with pytest.raises(MediaError, match="holds sound but no video"):
        Source(tmp_path / "in.mkv")


def make_png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(("codec", "pixels"), [("ffv1", "yuv420p"), ("mjpeg", "yuvj420p")])
def test_a_container_that_says_interlaced_is_believed(
    tmp_path: Path, codec: str, pixels: str
) -> None:
    clip = Clip(codec, pixels)
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        stream = add_video(container, clip)
        stream.codec_context.field_order = 2
        mux_video(container, stream, clip)
    with pytest.raises(UnsupportedMediaError, match="interlaced"):
        Source(tmp_path / "in.mkv")


def test_interlacing_that_begins_in_the_middle_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.ts"), "w") as container:
        stream = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        container.start_encoding()
        for start, flags in ((0, 0), (60, 1 << 18 | 1 << 29)):
            context = av.CodecContext.create("mpeg2video", "w")
            context.width, context.height, context.pix_fmt = 64, 64, "yuv420p"
            context.framerate, context.time_base = Fraction(25), Fraction(1, 25)
            context.flags |= flags
            for index in [*range(start, start + 60), None]:
                frame = None if index is None else picture(index, (64, 64), "yuv420p")
                if frame is not None:
                    frame.pts = index
                for packet in context.encode(frame):
                    packet.stream = stream
                    container.mux(packet)
    Source(tmp_path / "in.ts")
    with pytest.raises(UnsupportedMediaError, match="interlaced"):
        frames(tmp_path / "in.ts")


def test_odd_names_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("12:30 call.mp4", "50%d.mp4", "ä ö.mp4", "-x.mp4", "a'b?c#d.mp4"):
        assert len(frames(make(Path("plain.mp4")).rename(name))) == 10
