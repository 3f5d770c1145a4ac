"""Two files compared frame by frame."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scenes import colourful, frame, moving, scene, write_lossless, write_png

from pellucid.bench import vmaf
from pellucid.bench.call import halve_frame
from pellucid.bench.compare import compare, fit
from pellucid.bench.methods import scale
from pellucid.bench.quality import MOST_PSNR, psnr
from pellucid.errors import FrameError, MediaError
from pellucid.frames import VideoFrame

FRAMES = moving(7)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write_lossless(tmp_path / "reference.mkv", FRAMES)


def test_a_file_is_identical_to_itself(reference: Path) -> None:
    made = compare(reference, reference)
    assert made.frames == 7
    assert made.output.psnr == MOST_PSNR
    assert made.output.ssim == pytest.approx(1, abs=1e-6)
    assert made.output.vmaf_neg is not None
    assert made.output.vmaf_neg > 90
    assert made.before is None
    assert made.notes == ()


def test_the_worst_frame_is_found_with_its_time(tmp_path: Path, reference: Path) -> None:
    spoiled = list(FRAMES)
    spoiled[3] = frame(scene(96, 128, 3) // 2)
    made = compare(reference, write_lossless(tmp_path / "out.mkv", spoiled))
    assert made.output.worst[0].index == 3
    assert made.output.worst[0].time == pytest.approx(0.1)
    assert made.output.worst[0].psnr == pytest.approx(psnr(FRAMES[3].y, spoiled[3].y))
    assert len(made.output.worst) == 5


def test_a_file_of_half_the_size_is_enlarged_and_that_is_said(
    tmp_path: Path, reference: Path
) -> None:
    halves = [halve_frame(one) for one in FRAMES]
    before = write_lossless(tmp_path / "before.mkv", halves)
    made = compare(reference, reference, before)
    assert made.before is not None
    assert made.before.enlarged
    assert not made.output.enlarged
    expected = [psnr(x.y, scale(y.y, "bicubic")) for x, y in zip(FRAMES, halves, strict=True)]
    assert made.before.psnr == pytest.approx(np.mean(expected))
    assert made.notes == (f"{before}: has half the reference's size and was enlarged with bicubic",)


def test_the_typical_frame_has_the_median_gain(tmp_path: Path, reference: Path) -> None:
    levels = [9, 3, 40, 20, 60, 30, 80]
    worse = [
        VideoFrame(one.y + np.uint8(level), one.u, one.v)
        for one, level in zip(_dark(), levels, strict=True)
    ]
    dark = write_lossless(tmp_path / "dark.mkv", _dark())
    made = compare(dark, write_lossless(tmp_path / "out.mkv", worse))
    assert levels[made.typical] == 30


def test_a_file_that_ends_earlier_is_said(tmp_path: Path, reference: Path) -> None:
    short = write_lossless(tmp_path / "short.mkv", FRAMES[:4])
    made = compare(reference, short)
    assert made.frames == 4
    assert made.notes == (f"{short}: ends before the others; only its frames were compared",)


def test_pictures_are_compared_too(tmp_path: Path) -> None:
    rgb = colourful(48, 64)
    reference, dark = write_png(tmp_path / "a.png", rgb), write_png(tmp_path / "b.png", rgb // 2)
    small = write_png(tmp_path / "c.png", rgb[::2, ::2])
    made = compare(reference, dark, small)
    assert made.frames == 1
    assert made.output.psnr < 30
    assert made.output.flicker is None
    assert made.before is not None
    assert made.before.enlarged


def test_without_vmaf_the_rest_is_measured_and_a_note_says_why(
    reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vmaf.ffmpeg.cache_clear()
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    made = compare(reference, reference)
    assert made.output.vmaf_neg is None
    assert made.output.psnr == MOST_PSNR
    assert "VMAF-NEG was not measured" in made.notes[0]


def test_the_watcher_hears_of_every_frame(reference: Path) -> None:
    heard: list[int] = []
    compare(reference, reference, watch=heard.append)
    assert heard == [1, 2, 3, 4, 5, 6, 7]


def test_a_comparison_is_json(reference: Path) -> None:
    read = json.loads(json.dumps(compare(reference, reference).to_dict(), allow_nan=False))
    assert read["output"]["worst"][0]["index"] == 0


@pytest.mark.parametrize("size", [(9, 12), (8, 11), (7, 7)])
def test_an_odd_size_halved_and_doubled_still_fits(size: tuple[int, int]) -> None:
    half = scene(-(-size[0] // 2), -(-size[1] // 2))
    enlarged, grown = fit(half, size)
    assert grown
    assert enlarged.shape == size
    kept, grown = fit(scale(half, "bicubic"), size)
    assert not grown
    assert np.array_equal(kept, enlarged)


def test_other_sizes_and_missing_files_are_refused(tmp_path: Path, reference: Path) -> None:
    small = write_lossless(tmp_path / "small.mkv", moving(2, 32, 32))
    with pytest.raises(FrameError, match="expected the reference's size 128x96 or half of it"):
        compare(reference, small)
    with pytest.raises(MediaError, match="no such file"):
        compare(reference, tmp_path / "missing.mkv")


def _dark() -> list[VideoFrame]:
    return [VideoFrame(one.y // 2, one.u, one.v) for one in FRAMES]
