"""Chroma's cubic: it keeps flats, grows ramps straight, and puts colour where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.frames import VideoFrame
from pellucid.video import chroma
from pellucid.video.chroma import WEIGHTS, Phase

OFFSETS: dict[Phase, tuple[float, float]] = {"centered": (-0.25, 0.25), "cosited": (-0.125, 0.375)}


@given(st.integers(0, 255), st.sampled_from(sorted(WEIGHTS)), st.sampled_from(sorted(WEIGHTS)))
def test_flat_colour_stays(value: int, down: Phase, across: Phase) -> None:
    flat = np.full((3, 4), value, np.uint8)
    assert (chroma.reference(flat, down, across) == value).all()


@pytest.mark.parametrize("phase", sorted(WEIGHTS))
def test_weights_are_the_rounded_cubic(phase: Phase) -> None:
    for weights, offset, first in zip(WEIGHTS[phase], OFFSETS[phase], (-2, -1), strict=True):
        distance = np.abs(np.arange(first, first + 4) - offset)
        near = 1.5 * distance**3 - 2.5 * distance**2 + 1
        far = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
        cubic = np.where(distance <= 1, near, far) * 128
        assert sum(weights) == 128
        assert np.abs(np.array(weights) - cubic).max() < 0.51


@pytest.mark.parametrize("phase", sorted(WEIGHTS))
def test_a_ramp_lands_where_its_samples_lie(phase: Phase) -> None:
    ramp = np.tile(np.arange(20, 220, 8, dtype=np.uint8), (3, 1))
    made = chroma.reference(ramp, "centered", phase)[2, 6:-6].astype(float)
    where = np.arange(6, 2 * ramp.shape[1] - 6)
    expected = 20 + 8 * (where // 2 + np.take(OFFSETS[phase], where % 2))
    assert np.abs(made - expected).max() <= 1


def test_phases_follow_siting_and_subsampling() -> None:
    y, half, quarter = (np.zeros(shape, np.uint8) for shape in ((8, 8), (8, 4), (4, 4)))
    left = VideoFrame(y, quarter, quarter)
    center = VideoFrame(y, quarter, quarter, siting="center")
    corner = VideoFrame(y, quarter, quarter, siting="topleft")
    wide = VideoFrame(y, half, half, subsampling=(1, 2))
    full = VideoFrame(y, y, y, subsampling=(1, 1))
    assert chroma.phases(left) == ("centered", "cosited")
    assert chroma.phases(center) == ("centered", "centered")
    assert chroma.phases(corner) == ("cosited", "cosited")
    assert chroma.phases(wide) == ("centered", "cosited")
    assert chroma.phases(full) == ("centered", "centered")
