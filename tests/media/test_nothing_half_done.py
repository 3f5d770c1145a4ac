"""A run that fails leaves no file and harms none; a run that succeeds leaves exactly one."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from clips import FAST, LOSSLESS, Clip, copy, frames, make, pts

from pellucid.errors import FrameError, MediaError, UnsupportedMediaError
from pellucid.frames import VideoFrame
from pellucid.media import Encoding, Passed, Sink, Source, whole_file


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make(tmp_path / "in.mp4", Clip(pts=range(20)))


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_only_the_target_is_left(source: Path, tmp_path: Path) -> None:
    copy(source, tmp_path / "out.mp4")
    assert names(tmp_path) == ["in.mp4", "out.mp4"]


def test_an_exception_in_the_middle_leaves_nothing(source: Path, tmp_path: Path) -> None:
    def fail(frame: VideoFrame) -> VideoFrame:
        assert len(names(tmp_path)) == 2  # the temporary file is there, hidden
        if frame.time > 0.3:
            raise KeyboardInterrupt
        return frame

    with pytest.raises(KeyboardInterrupt):
        copy(source, tmp_path / "out.mp4", change=fail)
    assert names(tmp_path) == ["in.mp4"]


def test_an_existing_target_is_kept_unless_told_otherwise(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"precious")
    with pytest.raises(MediaError, match="exists already"):
        copy(source, target)
    assert target.read_bytes() == b"precious"
    with Source(source) as opened, Sink(target, opened, 1, FAST, overwrite=True) as sink:
        for item in opened.items():
            assert isinstance(item, VideoFrame)
            sink.write(item)
    assert pts(target) == pts(source)


def test_a_failed_overwrite_keeps_the_old_file(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"precious")

    def fail_after_one() -> None:
        with Source(source) as opened, Sink(target, opened, 1, FAST, overwrite=True) as sink:
            for item in opened.items():
                assert isinstance(item, VideoFrame)
                sink.write(item)
                raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_one()
    assert target.read_bytes() == b"precious"
    assert names(tmp_path) == ["in.mp4", "out.mp4"]


def test_a_target_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"

    def race() -> None:
        with whole_file(target) as temporary:
            temporary.write_bytes(b"ours")
            target.write_bytes(b"theirs")

    with pytest.raises(MediaError, match="exists already"):
        race()
    assert target.read_bytes() == b"theirs"
    assert names(tmp_path) == ["out.bin"]


@pytest.mark.parametrize("link", ["same", "symbolic", "hard", "dotted"])
def test_the_source_is_never_the_target(source: Path, tmp_path: Path, link: str) -> None:
    before = source.read_bytes()
    target = {"same": source, "dotted": tmp_path / "sub" / ".." / "in.mp4"}.get(
        link, tmp_path / "link.mp4"
    )
    (tmp_path / "sub").mkdir()
    if link == "symbolic":
        target.symlink_to(source)
    if link == "hard":
        target.hardlink_to(source)

    def overwrite() -> None:
        with Source(source) as opened, Sink(target, opened, overwrite=True):
            pass

    with pytest.raises(MediaError, match="is the source itself"):
        overwrite()
    assert source.read_bytes() == before


def test_a_link_is_written_through(source: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.mp4"
    real.parent.mkdir()
    real.write_bytes(b"old")
    (tmp_path / "link.mp4").symlink_to(real)
    with Source(source) as opened, Sink(tmp_path / "link.mp4", opened, 1, overwrite=True) as sink:
        assert len(names(real.parent)) == 2  # on the disk of the real file, so a rename will do
        for item in opened.items():
            assert isinstance(item, VideoFrame)
            sink.write(item)
    assert (tmp_path / "link.mp4").is_symlink()
    assert pts(real) == pts(source)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("gone/out.mp4", "its folder does not exist"),
        ("in.mp4/out.mp4", "its folder does not exist"),
        (".", "is a folder"),
        ("x" * 300 + ".mp4", "name"),
        ("out.avi", r"expected a name that ends in \.mp4"),
        ("out", r"expected a name that ends in \.mp4"),
    ],
)
def test_a_target_that_cannot_be_written_is_refused_early(
    source: Path, tmp_path: Path, target: str, words: str
) -> None:
    with Source(source) as opened, pytest.raises(MediaError, match=words) as caught:
        Sink(tmp_path / target, opened).__enter__()
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["in.mp4"]


def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    # A pipe of our own stands for all devices: this test may fail, and must not harm a real one.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(MediaError, match="not a regular file"), whole_file(pipe, True):
        pass
    assert pipe.is_fifo()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_a_folder_without_permission_is_named(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    tmp_path.chmod(0o755)
    os.seteuid(65534)
    try:
        with pytest.raises(MediaError, match="permission denied"), whole_file(folder / "out.mp4"):
            pass
    finally:
        os.seteuid(0)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here; the size limit test covers the same path")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    """A clip whose lossless copy takes about 200 KiB."""
    return make(tmp_path / "noisy.mp4", Clip(size=(160, 120), pts=range(20)))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    noisy: Path, small_disk: Path, suffix: str
) -> None:
    encoding = LOSSLESS if suffix == ".mkv" else Encoding(crf=0)
    with pytest.raises(MediaError, match="the disk is full; nothing was kept"):
        copy(noisy, small_disk / f"out{suffix}", encoding=encoding)
    assert names(small_disk) == []


@pytest.mark.parametrize("room", [0, 4096])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_disk_that_fills_up_at_any_point_is_noticed(
    source: Path, small_disk: Path, suffix: str, room: int
) -> None:
    (small_disk / "filler").write_bytes(bytes(65536 - room))
    with pytest.raises(MediaError, match="the disk is full"):
        copy(source, small_disk / f"out{suffix}", encoding=Encoding(crf=0), scale=1)
    assert names(small_disk) == ["filler"]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_size_limit_is_one_sentence_and_leaves_nothing(
    noisy: Path, tmp_path: Path, suffix: str
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    encoding = LOSSLESS if suffix == ".mkv" else Encoding(crf=0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(MediaError, match="size limit; nothing was kept"):
            copy(noisy, tmp_path / f"out{suffix}", encoding=encoding)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == ["noisy.mp4"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        (("mp5", None, None), "codec: expected one of h264, hevc, vp9, av1, ffv1, got 'mp5'"),
        (("h264", None, "quick"), "preset: expected one of ultrafast, .* got 'quick'"),
        (("libvpx-vp9", None, "fast"), "preset: expected one of realtime, good, best"),
        (("ffv1", None, "fast"), "preset: expected one of none for ffv1"),
        (("h264", 52, None), "crf: expected 0 to 51 for libx264, got 52"),
        (("h264", float("nan"), None), "crf: expected 0 to 51"),
        (("ffv1", 0, None), "crf: ffv1 is lossless"),
    ],
)
def test_an_unknown_encoding_lists_the_choices(
    encoding: tuple[str, float | None, str | None], words: str
) -> None:
    codec, crf, preset = encoding
    with pytest.raises(MediaError, match=words):
        Encoding(codec, crf, preset)


def test_a_preset_is_checked_against_the_containers_codec(source: Path, tmp_path: Path) -> None:
    with Source(source) as opened, pytest.raises(MediaError, match="realtime"):
        Sink(tmp_path / "out.webm", opened, encoding=Encoding(preset="slow"))


def test_the_container_chooses_the_codec(source: Path, tmp_path: Path) -> None:
    for target, codec in (("a.webm", "vp9"), ("a.mkv", "h264"), ("a.mp4", "h264")):
        copy(source, tmp_path / target, encoding=Encoding())
        assert Source(tmp_path / target).video.codec == codec


@pytest.mark.parametrize(("codec", "target"), [("ffv1", "a.mov"), ("h264", "a.webm")])
def test_a_codec_the_container_cannot_hold_is_refused(
    source: Path, tmp_path: Path, codec: str, target: str
) -> None:
    with pytest.raises(UnsupportedMediaError, match=r"cannot hold .* write to \.mkv instead"):
        copy(source, tmp_path / target, encoding=Encoding(codec))
    assert names(tmp_path) == ["in.mp4"]


def test_chroma_the_codec_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mkv", Clip("ffv1", "yuv444p"))
    with pytest.raises(UnsupportedMediaError, match="cannot encode 4:4:4; use the codec h264"):
        copy(path, tmp_path / "out.mkv", encoding=Encoding("av1"))


def test_a_size_the_codec_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mkv", Clip("ffv1", size=(33, 25)))
    with pytest.raises(UnsupportedMediaError, match="cannot encode 33x25 4:2:0"):
        copy(path, tmp_path / "out.mp4", scale=1)
    assert names(tmp_path) == ["in.mkv"]


def test_a_frame_of_other_chroma_is_refused(source: Path, tmp_path: Path) -> None:
    def full(frame: VideoFrame) -> VideoFrame:
        return replace(frame, u=frame.y, v=frame.y, subsampling=(1, 1))

    with pytest.raises(FrameError, match="expected 4:2:0, got 4:4:4"):
        copy(source, tmp_path / "out.mp4", change=full)
    assert names(tmp_path) == ["in.mp4"]


def test_passed_packets_are_told_from_frames(source: Path) -> None:
    with Source(source) as opened:
        kinds = {type(item) for item in opened.items()}
    assert kinds == {VideoFrame}
    assert Passed.__dataclass_params__.frozen


def test_a_source_can_be_read_without_a_sink(source: Path) -> None:
    assert len(frames(source)) == 20
