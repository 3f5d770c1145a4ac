"""Every time stamp and duration comes out as it went in."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from clips import FAST, LOSSLESS, Clip, copy, frames, make, pts, same_samples, times, twice

from pellucid.frames import VideoFrame
from pellucid.media import Encoding, Source

EXACT = {"movie_timescale": "30000"}  # or the maker itself rounds the start to 1 ms

VARIABLE = Clip(
    pts=(0, 1, 4, 5, 13, 14, 15, 23),
    durations=(1, 3, 1, 8, 1, 1, 8, 5),
    time_base=Fraction(1, 30),
)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".m4v"])
def test_variable_frame_rate_survives(tmp_path: Path, suffix: str) -> None:
    source = make(tmp_path / f"in{suffix}", VARIABLE)
    copy(source, tmp_path / f"out{suffix}", scale=2, change=twice)
    assert times(tmp_path / f"out{suffix}") == times(source)
    assert times(source)[-1] == (Fraction(23, 30), Fraction(5, 30))


@pytest.mark.parametrize("suffix", [".mkv", ".webm"])
def test_variable_frame_rate_survives_in_matroska(tmp_path: Path, suffix: str) -> None:
    codec = "libvpx-vp9" if suffix == ".webm" else "libx264"
    clip = replace(VARIABLE, codec=codec)
    source = make(tmp_path / f"in{suffix}", clip)
    copy(source, tmp_path / f"out{suffix}", encoding=Encoding())
    assert times(tmp_path / f"out{suffix}") == times(source)


@pytest.mark.parametrize("start", [7, 1000])
def test_a_start_offset_survives(tmp_path: Path, start: int) -> None:
    clip = Clip(pts=range(start, start + 5), time_base=Fraction(1, 30), muxer=EXACT)
    source = make(tmp_path / "in.mp4", clip)
    copy(source, tmp_path / "out.mp4")
    assert pts(tmp_path / "out.mp4") == [Fraction(start + i, 30) for i in range(5)]


def test_ntsc_times_are_not_rounded(tmp_path: Path) -> None:
    clip = Clip(pts=range(3, 12), time_base=Fraction(1001, 30000), muxer=EXACT)
    source = make(tmp_path / "in.mov", clip)
    copy(source, tmp_path / "out.mp4")
    assert pts(tmp_path / "out.mp4") == [Fraction(1001 * i, 30000) for i in range(3, 12)]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_reordered_frames_keep_their_times(tmp_path: Path, suffix: str) -> None:
    clip = Clip(pts=range(20), b_frames=3)
    source = make(tmp_path / f"in{suffix}", clip)
    copy(source, tmp_path / f"out{suffix}", encoding=FAST)
    assert times(tmp_path / f"out{suffix}") == times(source)


def test_reordering_does_not_change_the_length_at_variable_rate(tmp_path: Path) -> None:
    clip = replace(VARIABLE, b_frames=3)
    copy(make(tmp_path / "in.mkv", clip), tmp_path / "out.mkv")
    assert times(tmp_path / "out.mkv") == times(tmp_path / "in.mkv")


def test_mp4_durations_are_the_gaps_even_when_packets_claim_otherwise(tmp_path: Path) -> None:
    clip = replace(VARIABLE, b_frames=3)
    source = make(tmp_path / "in.mp4", clip)
    with Source(source) as opened:
        shown = [item for item in opened.items() if isinstance(item, VideoFrame)]
        lasting = [opened.duration_of(frame.pts) for frame in shown]
    assert lasting[:-1] == [b.pts - a.pts for a, b in pairwise(shown)]
    assert [frame.time for frame in shown] == [Fraction(each, 30) for each in clip.pts]


@pytest.mark.parametrize(("inward", "outward"), [(".mkv", ".mp4"), (".mp4", ".mkv")])
def test_changing_the_container_keeps_times_to_a_millisecond(
    tmp_path: Path, inward: str, outward: str
) -> None:
    source = make(tmp_path / f"in{inward}", VARIABLE)
    copy(source, tmp_path / f"out{outward}")
    ours = pts(tmp_path / f"out{outward}")
    assert max(abs(a - b) for a, b in zip(ours, pts(source), strict=True)) <= Fraction(1, 2000)


def test_avi_frames_come_in_rising_order(tmp_path: Path) -> None:
    source = make(tmp_path / "in.avi", Clip(pts=range(12), b_frames=3))
    shown = frames(source)
    assert [frame.pts for frame in shown] == sorted({frame.pts for frame in shown})
    assert len(shown) == 12
    straight = frames(make(tmp_path / "in.mkv", Clip(pts=range(12), b_frames=3)))
    assert all(same_samples(a, b) for a, b in zip(shown, straight, strict=True))


def test_a_file_without_time_stamps_gets_even_ones(tmp_path: Path) -> None:
    shown = frames(make(tmp_path / "in.h264", Clip(pts=range(6))))
    gaps = {b.pts - a.pts for a, b in pairwise(shown)}
    assert len(shown) == 6
    assert len(gaps) == 1
    assert gaps.pop() > 0


def test_lossless_output_has_the_same_samples(tmp_path: Path) -> None:
    source = make(tmp_path / "in.mp4", Clip(size=(33, 25), codec="libx264", pixels="yuv444p"))
    copy(source, tmp_path / "out.mkv", encoding=LOSSLESS)
    pairs = list(zip(frames(source), frames(tmp_path / "out.mkv"), strict=True))
    assert pairs
    assert all(same_samples(a, b) for a, b in pairs)
