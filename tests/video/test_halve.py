"""Halving against closed forms, and byte for byte against libswscale."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.errors import FrameError
from pellucid.frames import Plane
from pellucid.video import halve

SIZES = st.tuples(st.integers(3, 20), st.integers(3, 20)).map(lambda s: (2 * s[0], 2 * s[1]))


@given(size=SIZES, seed=st.integers(0, 99))
def test_area_gives_the_bytes_of_swscale(size: tuple[int, int], seed: int) -> None:
    plane = _noise(size, seed)
    made = av.VideoFrame.from_ndarray(plane, format="gray").reformat(
        size[1] // 2, size[0] // 2, interpolation="AREA"
    )
    assert np.array_equal(halve.area(plane), made.to_ndarray())


@given(size=SIZES, seed=st.integers(0, 99))
def test_bicubic_is_the_stretched_kernel_written_out(size: tuple[int, int], seed: int) -> None:
    plane = _noise(size, seed)
    across = _matrix(size[1])
    exact = _matrix(size[0]) @ plane @ across.T
    assert np.array_equal(halve.bicubic(plane), np.clip(np.floor(exact + 0.5), 0, 255))


def test_exact_halves_are_rounded_up() -> None:
    row = np.random.default_rng(0).integers(0, 256, 4000)
    across = (_matrix(4000) @ row)[4:-4]  # exact: the weights are multiples of 1/256
    halves = across % 1 == 0.5
    made = halve.bicubic(np.tile(row.astype(np.uint8), (6, 1)))[0, 4:-4]
    assert halves.sum() > 3
    assert np.array_equal(made[halves], np.clip(across[halves] + 0.5, 0, 255))


@pytest.mark.parametrize("halving", [halve.area, halve.bicubic])
@pytest.mark.parametrize("level", [0, 77, 255])
def test_a_flat_picture_stays_flat(halving: halve.Halving, level: int) -> None:
    made = halving(np.full((12, 16), level, np.uint8))
    assert made.shape == (6, 8)
    assert (made == level).all()


@pytest.mark.parametrize("halving", [halve.area, halve.bicubic])
def test_turning_and_mirroring_commute_with_halving(halving: halve.Halving) -> None:
    plane = _noise((14, 20), 3)
    assert np.array_equal(halving(plane.T), halving(plane).T)
    assert np.array_equal(halving(plane[::-1]), halving(plane)[::-1])


def test_a_slope_is_kept_by_the_cubic_inside() -> None:
    slope = np.tile(np.arange(0, 120, 2, dtype=np.uint8), (12, 1))
    assert np.array_equal(halve.bicubic(slope)[0, 2:-2], np.arange(1, 120, 4)[2:-2])


def test_rgb_is_three_planes() -> None:
    picture = np.stack([_noise((8, 10), seed) for seed in range(3)], axis=-1)
    made = halve.rgb_bicubic(picture)
    assert made.shape == (4, 5, 3)
    assert np.array_equal(made[..., 1], halve.bicubic(picture[..., 1]))


@pytest.mark.parametrize("size", [(7, 8), (8, 7), (0, 8)])
def test_odd_and_empty_planes_are_refused(size: tuple[int, int]) -> None:
    for halving in (halve.area, halve.bicubic):
        with pytest.raises(FrameError, match="plane: expected"):
            halving(np.zeros(size, np.uint8))


def test_a_plane_too_small_for_the_kernel_is_refused() -> None:
    with pytest.raises(FrameError, match="at least 6"):
        halve.bicubic(np.zeros((4, 8), np.uint8))


def _noise(size: tuple[int, int], seed: int) -> Plane:
    return np.random.default_rng(seed).integers(0, 256, size).astype(np.uint8)


def _matrix(size: int) -> np.ndarray:  # type: ignore[type-arg]
    """MATLAB's imresize by 1/2 as a matrix (size/2, size), symmetric at the borders."""
    matrix = np.zeros((size // 2, size))
    for row in range(size // 2):
        for tap in range(2 * row - 3, 2 * row + 5):
            distance = abs(tap - (2 * row + 0.5)) / 2
            near = 1.5 * distance**3 - 2.5 * distance**2 + 1
            far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
            column = -tap - 1 if tap < 0 else 2 * size - 1 - tap if tap >= size else tap
            matrix[row, column] += (near if distance <= 1 else far) / 2
    return matrix
