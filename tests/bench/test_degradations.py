"""The seventeen ways to spoil a picture."""

from __future__ import annotations

import numpy as np
import pytest
from scenes import scene

from pellucid.bench.degradations import NOISES, all_degradations, noisy
from pellucid.bench.quality import psnr
from pellucid.errors import FrameError
from pellucid.video import halve

WAYS = {way.name: way for way in all_degradations()}
PICTURE = scene(96, 128)


def test_there_are_seventeen_and_every_kernel_is_among_them() -> None:
    assert len(WAYS) == len(all_degradations()) == 17
    assert set(halve.HALVINGS) < set(WAYS)


@pytest.mark.parametrize("name", WAYS)
def test_each_halves_the_picture_and_gives_the_same_twice(name: str) -> None:
    first, second = (WAYS[name].apply(PICTURE, "a.png") for _ in range(2))
    assert first.shape == (48, 64)
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", WAYS)
def test_only_noise_looks_at_the_pictures_name(name: str) -> None:
    first, second = (WAYS[name].apply(PICTURE, picture) for picture in ("a.png", "b.png"))
    assert np.array_equal(first, second) != name.startswith("noise")


@pytest.mark.parametrize("name", [name for name in WAYS if not name.startswith("noise")])
def test_a_flat_picture_survives_all_but_noise(name: str) -> None:
    made = WAYS[name].apply(np.full((96, 128), 120, np.uint8), "a.png")
    assert np.abs(made.astype(int) - 120).max() <= 1  # a coarse quantiser may miss the level


@pytest.mark.parametrize("sigma", NOISES)
def test_noise_has_the_sigma_it_is_named_by_and_no_offset(sigma: int) -> None:
    grain = noisy(np.full((400, 500), 128, np.uint8), "a.png", sigma) - 128.0
    assert grain.mean() == pytest.approx(0, abs=sigma / 100)
    # Rounding to whole grey levels adds a variance of 1/12.
    assert grain.std() == pytest.approx(np.hypot(sigma, 12**-0.5), rel=0.01)


@pytest.mark.parametrize("family", ["noise", "jpeg", "x264", "vp8"])
def test_each_family_goes_from_mild_to_harsh(family: str) -> None:
    clean = halve.area(PICTURE)
    members = [name for name in WAYS if name.startswith(family)]
    kept = [psnr(clean, WAYS[name].apply(PICTURE, "a.png")) for name in members]
    assert len(kept) == 3
    assert kept[0] > kept[1] > kept[2]


def test_a_picture_that_codecs_cannot_halve_is_refused() -> None:
    with pytest.raises(FrameError, match="even size"):
        WAYS["x264 30"].apply(scene(96, 126), "a.png")
