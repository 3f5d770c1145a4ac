"""VMAF-NEG through the real ffmpeg."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scenes import scene

from pellucid.bench.vmaf import NEG, PLAIN, VmafNeg, by_models, vmaf_neg, with_libvmaf
from pellucid.errors import FrameError, MissingExtraError

REFERENCE = [scene(72, 91, shift) for shift in range(3)]  # an odd width


def test_identical_video_scores_high_and_worse_video_lower() -> None:
    rng = np.random.default_rng(0)
    same = vmaf_neg(REFERENCE, REFERENCE)
    noisy = [np.clip(x + rng.normal(0, 20, x.shape), 0, 255).astype(np.uint8) for x in REFERENCE]
    assert len(same) == 3
    assert min(same) > 90
    assert max(vmaf_neg(REFERENCE, noisy)) < min(same) - 20


def test_sharpening_is_not_rewarded() -> None:
    sharper = [_stretched(x, 1.3) for x in REFERENCE]
    assert np.mean(vmaf_neg(REFERENCE, sharper)) <= np.mean(vmaf_neg(REFERENCE, REFERENCE)) + 0.5


def test_the_plain_model_rewards_what_neg_does_not() -> None:
    sharper = [_stretched(x, 1.3) for x in REFERENCE]
    scores = by_models(REFERENCE, sharper)
    assert scores[NEG] == vmaf_neg(REFERENCE, sharper)
    assert np.mean(scores[PLAIN]) > np.mean(scores[NEG]) + 1


def test_the_reference_is_the_first_argument() -> None:
    dull = [_stretched(x, 0.7) for x in REFERENCE]
    assert np.mean(vmaf_neg(REFERENCE, dull)) < np.mean(vmaf_neg(dull, REFERENCE)) - 5


def test_threads_do_not_change_the_score() -> None:
    worse = [_stretched(x, 0.7) for x in REFERENCE]
    assert vmaf_neg(REFERENCE, worse, threads=1) == vmaf_neg(REFERENCE, worse, threads=2)


def test_leaving_early_stops_ffmpeg() -> None:
    with VmafNeg((72, 91)) as scorer:
        scorer.push(REFERENCE[0], REFERENCE[0])
        process = scorer._process
    assert process.returncode is not None


def test_sizes_that_cannot_be_scored_are_refused() -> None:
    tiny = np.zeros((16, 16), np.uint8)
    with pytest.raises(FrameError, match="at least 32"):
        vmaf_neg([tiny], [tiny])
    with pytest.raises(FrameError, match="picture: expected"):
        vmaf_neg([REFERENCE[0]], [REFERENCE[0][:-1]])
    with pytest.raises(FrameError, match="at least one frame"):
        vmaf_neg([], [])


def test_an_ffmpeg_without_libvmaf_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "ffmpeg"
    binary.write_text(f"#!{sys.executable}\nprint(' TSC scale  V->V  Scale the input')\n")
    binary.chmod(0o755)
    with pytest.raises(MissingExtraError, match=r"has no libvmaf.*pellucid\[bench\]"):
        with_libvmaf(str(binary))


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from pellucid.bench import vmaf

    vmaf.ffmpeg.cache_clear()
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(MissingExtraError, match=r'pip install "pellucid\[bench\]"'):
        vmaf.ffmpeg()


def _stretched(picture: np.ndarray, contrast: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.clip((picture - 128.0) * contrast + 128, 0, 255).astype(np.uint8)
