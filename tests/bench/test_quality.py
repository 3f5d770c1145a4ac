"""PSNR, SSIM and flicker against their closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import scene

from pellucid.bench.quality import C1, MOST_PSNR, Flicker, psnr, ssim
from pellucid.errors import FrameError


@given(step=st.integers(1, 100))
def test_a_constant_offset_has_the_psnr_of_its_size(step: int) -> None:
    flat = np.full((20, 30), 100, np.uint8)
    expected = 20 * np.log10(255 / step)
    assert psnr(flat, flat + np.uint8(step)) == pytest.approx(expected)
    assert psnr(flat + np.uint8(step), flat) == pytest.approx(expected)


def test_identical_pictures_reach_the_ceiling_and_ssim_one() -> None:
    picture = scene(40, 60)
    assert psnr(picture, picture) == MOST_PSNR
    assert ssim(picture, picture) == pytest.approx(1, abs=1e-6)


def test_noise_of_known_variance_has_its_psnr() -> None:
    rng = np.random.default_rng(0)
    flat = np.full((400, 400), 128.0)
    noisy = flat + rng.normal(0, 5, flat.shape)
    assert psnr(flat, noisy) == pytest.approx(20 * np.log10(255 / 5), abs=0.05)


def test_bytes_and_floats_of_equal_value_score_alike() -> None:
    x, y = scene(40, 60), scene(40, 60, shift=1)
    assert psnr(x, y) == pytest.approx(psnr(x.astype(np.float64), y.astype(np.float64)))
    assert ssim(x, y) == pytest.approx(ssim(x.astype(np.float64), y.astype(np.float64)))


def test_the_border_is_not_judged() -> None:
    picture = scene(40, 60)
    framed = picture.copy()
    framed[:2], framed[-2:], framed[:, :2], framed[:, -2:] = 0, 0, 0, 0
    assert psnr(picture, framed) < 30
    assert psnr(picture, framed, border=2) == MOST_PSNR
    assert ssim(picture, framed, border=2) == pytest.approx(1, abs=1e-6)


def test_ssim_of_two_flat_pictures_is_its_luminance_term() -> None:
    dark, light = np.full((30, 30), 60, np.uint8), np.full((30, 30), 90, np.uint8)
    expected = (2 * 60 * 90 + C1) / (60**2 + 90**2 + C1)
    assert ssim(dark, light) == pytest.approx(expected, abs=1e-5)


def test_ssim_agrees_with_the_formula_written_out() -> None:
    x, y = scene(17, 75), scene(17, 75, shift=2, seed=5)
    assert ssim(x, y) == pytest.approx(_plain_ssim(x.astype(float), y.astype(float)), abs=1e-5)


def test_ssim_falls_as_a_picture_is_inverted() -> None:
    picture = scene(40, 60)
    assert ssim(picture, 255 - picture) < 0


def test_flicker_counts_only_what_stands_still_in_the_reference() -> None:
    still = np.full((10, 10), 100, np.uint8)
    half_moves = still.copy()
    half_moves[:, 5:] = 140
    flickering = still.copy()
    flickering[:, :5] += 3  # where the reference stands still
    flickering[:, 5:] = 0  # where it moves: not judged
    meter = Flicker()
    meter.push(still, still)
    meter.push(half_moves, flickering)
    assert meter.value == 3


@pytest.mark.parametrize(("step", "judged"), [(0, True), (1, True), (2, False)])
def test_one_grey_level_of_change_still_counts_as_standing(step: int, judged: bool) -> None:
    before, after = np.full((4, 4), 90, np.uint8), np.full((4, 4), 90 + step, np.uint8)
    meter = Flicker()
    meter.push(before, before)
    meter.push(after, before)
    assert (meter.value is not None) == judged


def test_flicker_is_unknown_when_everything_moves() -> None:
    meter = Flicker()
    assert meter.value is None
    for level in (0, 50, 100):
        meter.push(np.full((4, 4), level, np.uint8), np.zeros((4, 4), np.uint8))
    assert meter.value is None


def test_pictures_that_do_not_fit_are_refused() -> None:
    flat = np.zeros((20, 20), np.uint8)
    with pytest.raises(FrameError, match="picture: expected"):
        psnr(flat, flat[:10])
    with pytest.raises(FrameError, match="reference: expected uint8 or float64"):
        psnr(flat.astype(np.int32), flat)  # type: ignore[arg-type]
    with pytest.raises(FrameError, match="border"):
        psnr(flat, flat, border=10)
    with pytest.raises(FrameError, match="more than 10 pixels"):
        ssim(flat[:9], flat[:9])


def _plain_ssim(x: np.ndarray, y: np.ndarray) -> float:  # type: ignore[type-arg]
    taps = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(taps, taps) / taps.sum() ** 2
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for i in range(x.shape[0] - 10):
        for j in range(x.shape[1] - 10):
            a, b = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
            ma, mb = (window * a).sum(), (window * b).sum()
            va, vb = (window * (a - ma) ** 2).sum(), (window * (b - mb) ** 2).sum()
            cov = (window * (a - ma) * (b - mb)).sum()
            values.append(
                (2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
            )
    return float(np.mean(values))
