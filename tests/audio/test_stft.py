"""The transform of a stream is exact there and back, and does not look ahead."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.audio.stft import BIN_HZ, Istft, Stft, hop_of
from pellucid.errors import FrameError
from pellucid.frames import Samples


def noise(rate: int, hops: int, channels: int = 2) -> Samples:
    size = (channels, hops * hop_of(rate))
    return np.random.default_rng(hops).normal(0, 0.3, size).astype(np.float32)


def there_and_back(samples: Samples, rate: int, cuts: list[int]) -> Samples:
    hop = hop_of(rate)
    there, back = Stft(rate, samples.shape[0]), Istft(rate, samples.shape[0])
    bounds = [0, *sorted(cuts), samples.shape[1] // hop]
    pieces = [samples[:, a * hop : b * hop] for a, b in pairwise(bounds)]
    return np.concatenate([back.push(there.push(p)) for p in pieces if p.shape[1]], axis=1)


@given(
    rate=st.sampled_from([8000, 16000, 44100, 48000]), cuts=st.lists(st.integers(0, 12), max_size=4)
)
def test_there_and_back_is_the_same_one_hop_later(rate: int, cuts: list[int]) -> None:
    samples, hop = noise(rate, 12), hop_of(rate)
    made = there_and_back(samples, rate, cuts)
    np.testing.assert_allclose(made[:, hop:], samples[:, :-hop], atol=2e-6)
    np.testing.assert_allclose(made[:, :hop], 0, atol=2e-6)


def test_a_window_holds_its_hop_and_the_one_before() -> None:
    samples = noise(16000, 6)
    changed = samples.copy()
    changed[:, 3 * 160 :] = 0
    before, after = (Stft(16000, 2).push(x) for x in (samples, changed))
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert not np.allclose(before[:, 3], after[:, 3])


@pytest.mark.parametrize("rate", [16000, 48000])
def test_a_bin_is_as_wide_at_every_rate(rate: int) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(rate) / rate).astype(np.float32)[None]
    spectra = np.abs(Stft(rate, 1).push(tone))[0, 5:].mean(axis=0)
    assert spectra.argmax() == 1000 / BIN_HZ


@pytest.mark.parametrize("rate", [0, -100, 11025])
def test_a_rate_without_whole_hops_is_refused(rate: int) -> None:
    with pytest.raises(FrameError, match="sample_rate"):
        Stft(rate, 1)
