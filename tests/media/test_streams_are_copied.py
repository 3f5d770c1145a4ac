"""Sound, subtitles, chapters, covers, attachments and metadata are carried over untouched."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.stream import Disposition
from clips import FAST, Clip, add_video, copy, mux_video, packets, pts
from PIL import Image
from recordings import recording

from pellucid.errors import UnsupportedMediaError
from pellucid.media import Encoding, Source


@pytest.mark.parametrize(
    ("suffix", "sound"),
    [(".mp4", "aac"), (".mov", "aac"), (".mkv", "libopus"), (".webm", "libopus")],
)
def test_sound_and_subtitles_keep_bytes_and_times(tmp_path: Path, suffix: str, sound: str) -> None:
    source = recording(tmp_path / f"in{suffix}", sound)
    copy(source, tmp_path / f"out{suffix}", encoding=Encoding())
    for kind in ("audio", "subtitle"):
        assert packets(tmp_path / f"out{suffix}", kind) == packets(source, kind)
    assert pts(tmp_path / f"out{suffix}") == pts(source)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_that_starts_late_stays_in_sync(tmp_path: Path, suffix: str) -> None:
    source = recording(tmp_path / f"in{suffix}", first=4801)
    copy(source, tmp_path / f"out{suffix}")
    assert packets(tmp_path / f"out{suffix}", "audio") == packets(source, "audio")
    assert pts(tmp_path / f"out{suffix}") == pts(source)


def test_sound_that_starts_before_zero_does_not_move_the_picture(tmp_path: Path) -> None:
    source = recording(tmp_path / "in.mp4")  # an AAC encoder's priming lies before 0
    assert packets(source, "audio")[0][0] < 0
    copy(video_and_sound(source, tmp_path / "two.mp4"), tmp_path / "out.mkv")
    assert pts(tmp_path / "out.mkv") == pts(source)
    before, after = packets(source, "audio"), packets(tmp_path / "out.mkv", "audio")
    assert [body for *_, body in after] == [body for *_, body in before]
    shifts = [float(abs(a[0] - b[0])) for a, b in zip(before, after, strict=True)]
    assert max(shifts) <= 0.001


def video_and_sound(source: Path, target: Path) -> Path:
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        kept = {
            each.index: after.add_stream_from_template(each, opaque=True)
            for each in before.streams
            if each.type in ("video", "audio")
        }
        for packet in before.demux():
            if packet.size and packet.stream_index in kept:
                packet.stream = kept[packet.stream_index]
                after.mux(packet)
    return target


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_metadata_and_chapters_are_copied(tmp_path: Path, suffix: str) -> None:
    source = recording(tmp_path / f"in{suffix}")
    copy(source, tmp_path / f"out{suffix}")
    with av.open(str(tmp_path / f"out{suffix}")) as container:
        tags = {key.lower(): text for key, text in container.metadata.items()}
        assert tags["title"] == "Call with A"
        assert tags["comment"] == "Ünïcode ✓"
        chapters = [
            (
                each["start"] * each["time_base"],
                each["end"] * each["time_base"],
                each["metadata"]["title"],
            )
            for each in container.chapters()
        ]
        assert chapters == [(0, Fraction(1, 5), "Hello"), (Fraction(1, 5), Fraction(2, 5), "Bye")]
        kinds = [each.type for each in container.streams][:3]
        assert kinds == ["video", "audio", "subtitle"]
        assert [each.language for each in container.streams][:3] == ["deu", "fra", "eng"]
        sound = container.streams.audio[0].metadata
        assert "Microphone" in (sound.get("title"), sound.get("name"))  # MP4's demuxer says name
        assert Disposition.default in container.streams.audio[0].disposition


def test_a_tag_in_a_broken_encoding_is_copied_byte_by_byte(tmp_path: Path) -> None:
    source = recording(tmp_path / "in.mkv")
    source.write_bytes(source.read_bytes().replace(b"Call with A", b"Call with \xe9"))
    copy(source, tmp_path / "out.mkv")
    assert b"Call with \xe9" in (tmp_path / "out.mkv").read_bytes()


def test_chapters_are_not_doubled_when_copied_again(tmp_path: Path) -> None:
    source = recording(tmp_path / "in.mp4")
    _, sink = copy(source, tmp_path / "a.mp4")
    copy(tmp_path / "a.mp4", tmp_path / "b.mp4")
    with av.open(str(source)) as before, av.open(str(tmp_path / "b.mp4")) as after:
        assert len(after.chapters()) == 2
        assert len(after.streams) == len(before.streams)
    assert sink.warnings == []


@pytest.mark.parametrize("target", ["out.webm", "out.mkv"])
def test_a_stream_the_container_cannot_hold_is_refused_at_the_start(
    tmp_path: Path, target: str
) -> None:
    source = recording(tmp_path / "in.mp4")
    other = r"\.mkv or \.mp4" if target == "out.webm" else r"to \.mp4 instead"
    with pytest.raises(UnsupportedMediaError, match=f"cannot hold the .* of stream . .*{other}"):
        copy(source, tmp_path / target, encoding=Encoding())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in.mp4"]


def cover() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(file, "PNG")
    return file.getvalue()


def with_cover(path: Path) -> Path:
    clip = Clip()
    with av.open(str(path), "w") as container:
        if path.suffix == ".mkv":
            container.add_attachment("cover.png", "image/png", cover())
            container.add_attachment("font.ttf", "application/x-truetype-font", b"not a font")
        video = add_video(container, clip)
        if path.suffix == ".mp4":
            still = container.add_mux_stream("png", width=16, height=16)
            still.disposition = Disposition.attached_pic
            container.start_encoding()
            packet = av.Packet(cover())
            packet.pts = packet.dts = 0
            packet.stream = still
            container.mux(packet)
        mux_video(container, video, clip)
    return path


@pytest.mark.parametrize("inward", [".mp4", ".mkv"])
@pytest.mark.parametrize("outward", [".mp4", ".mkv"])
def test_a_cover_is_kept_and_not_taken_for_the_video(
    tmp_path: Path, inward: str, outward: str
) -> None:
    source = with_cover(tmp_path / f"in{inward}")
    assert (Source(source).video.width, Source(source).video.frames) == (64, 10)
    copy(source, tmp_path / f"out{outward}")
    with av.open(str(tmp_path / f"out{outward}")) as container:
        (still,) = [s for s in container.streams.video if Disposition.attached_pic in s.disposition]
        (packet, *_) = container.demux(still)
        assert bytes(packet) == cover()
    assert len(pts(tmp_path / f"out{outward}")) >= 1


def test_attachments_stay_in_matroska_and_are_named_when_dropped_elsewhere(tmp_path: Path) -> None:
    source = with_cover(tmp_path / "in.mkv")
    _, kept = copy(source, tmp_path / "out.mkv")
    with av.open(str(tmp_path / "out.mkv")) as container:
        (font,) = container.streams.attachments
        assert (font.name, font.data) == ("font.ttf", b"not a font")
    _, dropped = copy(source, tmp_path / "out.mp4")
    assert kept.warnings == []
    assert len(dropped.warnings) == 1
    assert "attachment" in dropped.warnings[0]


def test_a_time_code_track_does_not_stop_the_work(tmp_path: Path) -> None:
    clip = Clip(tags={"timecode": "01:00:00:00"})
    with av.open(str(tmp_path / "in.mov"), "w") as container:
        mux_video(container, add_video(container, clip), clip)
    with av.open(str(tmp_path / "in.mov")) as container:
        assert [each.type for each in container.streams] == ["video", "data"]
    _, mov = copy(tmp_path / "in.mov", tmp_path / "out.mov")
    _, mkv = copy(tmp_path / "in.mov", tmp_path / "out.mkv")
    for target in ("out.mov", "out.mkv"):
        with av.open(str(tmp_path / target)) as container:
            tags = {key.lower(): text for key, text in container.streams.video[0].metadata.items()}
            assert tags["timecode"] == "01:00:00:00"
    assert mov.warnings == mkv.warnings == []


def test_a_data_stream_that_cannot_be_kept_is_dropped_with_a_warning(tmp_path: Path) -> None:
    clip = Clip()
    with av.open(str(tmp_path / "in.ts"), "w") as container:
        video = add_video(container, clip)
        data = container.add_data_stream("klv")
        container.start_encoding()
        packet = av.Packet(b"position 1")
        packet.pts = packet.dts = 0
        packet.time_base, packet.stream = Fraction(1, 25), data
        container.mux(packet)
        mux_video(container, video, clip)
    with av.open(str(tmp_path / "in.ts")) as container:
        assert [each.type for each in container.streams] == ["video", "data"]
    _, sink = copy(tmp_path / "in.ts", tmp_path / "out.mkv")
    assert len(sink.warnings) == 1
    assert "data track of stream 1 (klv)" in sink.warnings[0]
    assert pts(tmp_path / "out.mkv")


def test_a_second_video_is_passed_on_untouched(tmp_path: Path) -> None:
    large, small = Clip(size=(64, 48)), Clip(size=(32, 24))
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        streams = [add_video(container, clip) for clip in (small, large)]
        for stream, clip in zip(streams, (small, large), strict=True):
            mux_video(container, stream, clip)
    with Source(tmp_path / "in.mkv") as source:
        other = 1 - source.stream.index
    copy(tmp_path / "in.mkv", tmp_path / "out.mkv", encoding=FAST)
    before = packets(tmp_path / "in.mkv", "video", other)
    assert packets(tmp_path / "out.mkv", "video", other) == before
