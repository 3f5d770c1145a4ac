"""Counting the traces of coding: closed forms, and the same numbers in C++."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from pellucid import _native
from pellucid.frames import Plane
from pellucid.video import traces
from pellucid.video.coding import Coding, through_codec
from video.networks import noise, pictures
from video.test_coding import moving


def native_counts(picture: Plane) -> np.ndarray:  # type: ignore[type-arg]
    counts = np.full((traces.HISTOGRAMS, traces.BINS), -1, np.int64)
    _native.count_traces(picture, counts)
    return counts


@given(picture=pictures)
def test_native_counts_equal_the_reference(picture: Plane) -> None:
    np.testing.assert_array_equal(native_counts(picture), traces.reference_counts(picture))


def test_long_rows_do_not_overflow() -> None:
    for picture in (noise(3, 16384), np.zeros((2, 16384), np.uint8), noise(5000, 2)):
        np.testing.assert_array_equal(native_counts(picture), traces.reference_counts(picture))


def test_a_flat_picture_falls_into_the_first_bins() -> None:
    counts = traces.reference_counts(np.full((16, 24), 90, np.uint8))
    assert (counts[:, 1:] == 0).all()
    # Along rows 16 * 23 differences, along columns 24 * 15; borders of 8 at j = 7 and 15.
    assert counts[:3, 0].sum() == 16 * 23 + 24 * 15
    assert counts[0, 0] == 16 * 2 + 24 * 1
    assert counts[1, 0] == 16 * 3 + 24 * 2
    assert counts[3, 0] == 16 * 22 + 24 * 14


def test_features_are_a_logarithm_of_shares() -> None:
    counts = np.zeros((4, 9), np.int64)
    counts[0, :3] = 8, 4, 4  # a half, a quarter, a quarter
    made = traces.features(counts).reshape(4, 9)
    assert made[0].tolist() == [2304, 2049, 2049, 0, 0, 0, 0, 0, 0]  # log2 of 513, 257, 1; nearly
    assert (made[1:] == 0).all()


def test_harder_coding_leaves_more_equal_neighbours() -> None:
    shares = []
    for quantiser in (18, 44):
        frame = through_codec(moving(), Coding("x264", quantiser=quantiser)).frames[-1]
        counts = traces.reference_counts(frame.y)
        shares.append(counts[2, 0] / counts[2].sum())
    assert shares[0] < shares[1]
