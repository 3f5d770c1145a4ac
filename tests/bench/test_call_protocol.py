"""The call protocol on a tiny clip, and what is read off its points."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scenes import moving, write_lossless

from pellucid.bench import call
from pellucid.bench.call_result import CallProtocol, CallResult, Point
from pellucid.bench.methods import LumaMethod, swscale
from pellucid.errors import FrameError, MediaError, RecipeError
from pellucid.video import halve

QUICK = CallProtocol(kilobits=(60, 200), frames=4, metrics=("psnr", "flicker"))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_lossless(tmp_path / "pan.mkv", moving(6, 98, 134))


def test_the_reference_is_the_first_frames_cropped_to_multiples_of_four(clip: Path) -> None:
    reference = call.read_reference(clip, 4)
    originals = moving(6, 98, 134)
    assert len(reference) == 4
    for original, read in zip(originals, reference, strict=False):
        assert np.array_equal(read.y, original.y[:96, :132])
        assert read.u is not None
        assert read.u.shape == (48, 66)


def test_every_method_is_scored_on_every_rate(clip: Path) -> None:
    result = call.run([clip], [swscale("lanczos")], QUICK)
    assert result.methods == ("direct", "bicubic", "lanczos")
    assert result.clips == ("pan",)
    assert len(result.points) == 3 * 2
    for point in result.points:
        assert set(point.scores) == {"psnr", "flicker"}
        assert point.scores["psnr"] is not None
        assert point.kilobits > 0


def test_the_anchor_costs_nothing_against_itself(clip: Path) -> None:
    twin = replace(swscale("bicubic"), name="twin")
    result = call.run([clip], [twin], QUICK)
    assert result.bd("bicubic", "psnr") == 0
    assert result.bd("twin", "psnr") == 0
    assert result.mean("twin", "psnr") == result.mean("bicubic", "psnr")


def test_one_call_can_be_judged_again_and_again(clip: Path) -> None:
    placed = call.place(clip, QUICK)
    first, second = (list(call.judge(placed, [], QUICK)) for _ in range(2))
    assert first == second
    assert len(first) == 4


def test_what_is_sent_is_half_the_picture(clip: Path) -> None:
    placed = call.place(clip, QUICK)
    assert placed.received[60].frames[0].y.shape == (48, 66)
    assert placed.direct[60].frames[0].y.shape == (96, 132)
    half = call.halve_frame(placed.reference[0])
    assert np.array_equal(half.y, halve.area(placed.reference[0].y))


def test_all_metrics_of_the_protocol_are_measured(clip: Path) -> None:
    protocol = CallProtocol(codec="vp8", kilobits=(200,), frames=3)
    summary = call.run([clip], [], protocol).summary()
    expected = {"kilobits", "vmaf_neg", "bd_vmaf_neg", "psnr", "bd_psnr", "ssim", "flicker"}
    assert set(summary["bicubic"]) == expected
    assert summary["bicubic"]["bd_psnr"] is None  # one rate is no curve


def test_half_the_bits_at_equal_quality_is_minus_fifty_percent() -> None:
    points = [
        Point("clip", method, rate, rate * share, {"psnr": 30 + rate / 100})
        for method, share in (("bicubic", 1.0), ("ours", 0.5))
        for rate in (150, 300, 600)
    ]
    result = CallResult(CallProtocol(metrics=("psnr",)), tuple(points))
    assert result.bd("ours", "psnr") == pytest.approx(-50)
    assert result.kilobits("ours") == 175
    assert result.of(["other"]).points == ()


def test_a_result_is_json(clip: Path) -> None:
    result = call.run([clip], [], QUICK)
    read = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert len(read["points"]) == len(result.points)
    assert read["protocol"]["kilobits"] == [60, 200]


def test_a_name_may_be_used_once(clip: Path) -> None:
    with pytest.raises(RecipeError, match="different names"):
        call.run([clip], [LumaMethod("bicubic", lambda picture: picture)], QUICK)


def test_a_clip_that_cannot_be_measured_is_refused(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        call.run([tmp_path / "missing.mkv"], [], QUICK)
    with pytest.raises(FrameError, match="4:2:0"):
        call.read_reference(write_lossless(tmp_path / "s.mkv", moving(1, 2, 2)), 1)


@pytest.mark.parametrize(
    "wrong",
    [{"codec": "av2"}, {"metrics": ("lpips",)}, {"metrics": ()}, {"kilobits": (0,)}, {"frames": 0}],
)
def test_a_protocol_with_a_typo_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match="expected"):
        replace(CallProtocol(), **wrong)  # type: ignore[arg-type]
