"""Damaged packets do not stop the work, and the number and times of frames stay."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest
from clips import Clip, copy, frames, make, overwrite_packets, pts, same_samples
from hypothesis import given
from hypothesis import strategies as st
from recordings import recording

from pellucid.frames import VideoFrame
from pellucid.media import Source
from pellucid.media.timeline import Rules, Timeline

DAMAGED = {
    "h264.mp4": Clip(pts=range(30)),
    "h264 reordered.mp4": Clip(pts=range(30), b_frames=3),
    "h264 reordered.mkv": Clip(pts=range(30), b_frames=3, options={"g": "10"}),
    "hevc.mp4": Clip("libx265", pts=range(30), options={"x265-params": "log-level=none"}),
    "mpeg4.mp4": Clip("mpeg4", pts=range(30)),
    "vp8.webm": Clip("libvpx", pts=range(30)),
    "vp9.webm": Clip("libvpx-vp9", pts=range(30)),
    "av1.mkv": Clip("libsvtav1", pts=range(30)),
}


def read(path: Path) -> tuple[list[VideoFrame], Source]:
    with Source(path) as source:
        return [item for item in source.items() if isinstance(item, VideoFrame)], source


@pytest.mark.parametrize("name", DAMAGED)
def test_frames_keep_their_number_and_times(tmp_path: Path, name: str) -> None:
    path = make(tmp_path / name, DAMAGED[name])
    before = pts(path)
    overwrite_packets(path, [10, 11, 20])
    shown, source = read(path)
    assert [frame.time for frame in shown] == before
    assert source.concealed >= 2
    assert source.lost == 0


def test_a_damaged_frame_repeats_the_one_before(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mp4", Clip(pts=range(30), options={"g": "1"}))
    good, _ = read(path)
    overwrite_packets(path, [10, 11])
    shown, source = read(path)
    assert source.concealed == 2
    assert same_samples(shown[10], good[9])
    assert same_samples(shown[11], good[9])
    assert all(same_samples(shown[i], good[i]) for i in (*range(10), *range(12, 30)))


def test_the_picture_moves_on_behind_a_lost_reference(tmp_path: Path) -> None:
    clip = Clip("libx265", pts=range(30), options={"x265-params": "log-level=none"})
    path = make(tmp_path / "in.mp4", clip)
    overwrite_packets(path, [10])
    shown, source = read(path)
    assert source.concealed > 1
    assert not any(same_samples(a, b) for a, b in pairwise(shown[14:]))


def test_partly_damaged_frames_are_shown_and_counted(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mp4", Clip("mpeg4", pts=range(30)))
    overwrite_packets(path, [10, 20], keep=60)
    shown, source = read(path)
    assert len(shown) == 30
    assert source.concealed == 2


def test_a_clean_file_conceals_nothing(tmp_path: Path) -> None:
    for name, clip in DAMAGED.items():
        shown, source = read(make(tmp_path / name, clip))
        assert (len(shown), source.concealed, source.lost, source.warnings) == (30, 0, 0, [])


def test_hidden_reference_frames_are_not_taken_for_damage(tmp_path: Path) -> None:
    visible = make(tmp_path / "in.webm", Clip("libvpx", pts=range(30)))
    path = tmp_path / "hiding.webm"
    with av.open(str(visible)) as before, av.open(str(path), "w") as after:
        stream = after.add_stream_from_template(before.streams.video[0], opaque=True)
        for index, packet in enumerate(before.demux(video=0)):
            if not packet.size:
                continue
            body = bytearray(bytes(packet))
            if index in (9, 20):
                body[0] &= ~0x10  # "show_frame" of the VP8 header
            made = av.Packet(bytes(body))
            made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
            made.is_keyframe, made.stream = packet.is_keyframe, stream
            after.mux(made)
    shown, source = read(path)
    assert (len(shown), source.concealed) == (28, 0)


def test_what_is_lost_before_the_first_picture_is_counted(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mp4", Clip(pts=range(12), options={"g": "4"}))
    overwrite_packets(path, [0, 1])
    shown, source = read(path)
    assert source.lost >= 1
    assert shown
    assert shown[-1].pts == frames(path)[-1].pts


def test_damage_survives_the_whole_way(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mp4", Clip(pts=range(30)))
    before = pts(path)
    overwrite_packets(path, [10, 29])
    source, _ = copy(path, tmp_path / "out.mp4")
    assert source.concealed >= 2
    assert pts(tmp_path / "out.mp4") == before


@pytest.mark.parametrize("name", ["in.mkv", "in.mp4"])
def test_a_file_cut_off_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    options = {"movflags": "faststart"} if name == "in.mp4" else {}
    path = make(tmp_path / name, Clip(pts=range(100), muxer=options))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    shown, source = read(path)
    assert 20 < len(shown) < 100
    assert any("early" in warning for warning in source.warnings)


@pytest.mark.parametrize("name", ["in.mkv", "in.mp4", "in.webm"])
def test_a_late_start_is_not_taken_for_an_early_end(tmp_path: Path, name: str) -> None:
    codec = "libvpx" if name.endswith("webm") else "libx264"
    shown, source = read(make(tmp_path / name, Clip(codec, pts=range(150, 170))))
    assert len(shown) == 20
    assert source.warnings == []


def test_a_short_file_cut_off_in_the_middle_says_so(tmp_path: Path) -> None:
    whole = make(tmp_path / "in.mkv", Clip(pts=range(15))).read_bytes()  # 0.6 s
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    shown, source = read(tmp_path / "cut.mkv")
    assert 0 < len(shown) < 13
    assert any("it may have been cut off" in warning for warning in source.warnings)


def test_a_hole_in_the_container_is_skipped(tmp_path: Path) -> None:
    path = make(tmp_path / "in.mkv", Clip(pts=range(200), muxer={"cluster_time_limit": "400"}))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = b"\xff" * 600
    path.write_bytes(data)
    shown, _ = read(path)
    assert len(shown) > 150
    assert shown[-1].time == pts(path)[-1]


def test_an_index_that_points_outside_of_the_file_costs_one_part(tmp_path: Path) -> None:
    path = recording(tmp_path / "in.mp4")
    data = bytearray(path.read_bytes())
    chunks = data.find(b"stco") + 8  # of the video, one frame each; a count and then offsets
    assert int.from_bytes(data[chunks : chunks + 4], "big") == 10
    data[chunks + 24 : chunks + 28] = (0x7FFFFFF0).to_bytes(4, "big")  # the sixth
    path.write_bytes(data)
    shown, source = read(path)
    assert len(shown) == 9
    assert any("a part is damaged" in warning for warning in source.warnings)


Step = tuple[int, int]


def play(timeline: Timeline[int], order: list[Step], broken: set[int]) -> Iterator[tuple[int, int]]:
    for due, duration in order:
        timeline.expect(due, duration)
        if due in broken:
            timeline.fail(due)
    for due, duration in order:
        if due not in broken:
            yield from ((s.pts, s.duration) for s in timeline.show(due, due, duration))
    yield from ((s.pts, s.duration) for s in timeline.flush())


@given(
    st.sets(st.integers(-50, 200), min_size=1, max_size=20),
    st.data(),
    st.booleans(),
)
def test_every_expected_time_is_shown_or_lost(
    times: set[int], data: st.DataObject, gapless: bool
) -> None:
    order: list[Step] = [(each, 1) for each in sorted(times)]
    broken = data.draw(st.sets(st.sampled_from(sorted(times))))
    timeline: Timeline[int] = Timeline(Rules(gapless=gapless))
    shown = list(play(timeline, order, broken))
    good = sorted(times - broken)
    due = [each for each in sorted(times) if good and each >= good[0]]
    assert [start for start, _ in shown] == due
    assert timeline.lost == len(times) - len(due)
    assert timeline.repeated == len(due) - len(good)
    assert all(duration >= 1 for _, duration in shown)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30, unique=True), st.data())
def test_pictures_a_few_places_late_are_put_in_order(times: list[int], data: st.DataObject) -> None:
    lateness = [data.draw(st.integers(0, 3)) for _ in times]
    late = sorted(range(len(times)), key=lambda index: index + lateness[index])
    timeline: Timeline[int] = Timeline(Rules())
    rising = sorted(times)
    shown = [each for at in late for each in timeline.show(at, rising[at], 1)]
    shown += timeline.flush()
    assert [each.pts for each in shown] == rising
    assert [each.picture for each in shown] == list(range(len(times)))
    assert timeline.moved == 0


@given(st.lists(st.one_of(st.none(), st.integers(-5, 30)), min_size=1, max_size=30))
def test_times_always_rise(times: list[int | None]) -> None:
    timeline: Timeline[int] = Timeline(Rules())
    shown = [each for i, due in enumerate(times) for each in timeline.show(i, due, 2)]
    shown += timeline.flush()
    assert {each.picture for each in shown} == set(range(len(times)))
    assert all(a.pts < b.pts for a, b in pairwise(shown))
