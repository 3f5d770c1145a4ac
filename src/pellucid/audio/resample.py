"""From one rate to another in a stream, without a shift in time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from pellucid.audio.interpolate import Interpolator
from pellucid.frames import Samples

# Samples (channels, T) and whether they are the last, to some samples.
Resample = Callable[[Samples, bool], Samples]

QUALITY = "HQ"  # of soxr: 20 bits


def resampler(source: int, target: int, channels: int) -> Resample:
    """By a whole number upwards with a fixed delay, by any other ratio with soxr."""
    if source == target:
        return _same
    if target % source == 0:
        return _Upwards(target // source, channels)
    return _Soxr(source, target, channels)


def _same(samples: Samples, last: bool) -> Samples:
    del last
    return samples


class _Soxr:
    """soxr on (channels, T), holding its state between calls."""

    def __init__(self, source: int, target: int, channels: int) -> None:
        self._channels = channels
        self._stream = soxr.ResampleStream(source, target, channels, np.float32, QUALITY)

    def __call__(self, samples: Samples, last: bool) -> Samples:
        made = self._stream.resample_chunk(np.ascontiguousarray(samples.T), last=last)
        return np.ascontiguousarray(made.reshape(-1, self._channels).T)


class _Upwards:
    """An interpolator less its delay: the first samples go, silence pushes out the last."""

    def __init__(self, factor: int, channels: int) -> None:
        self._interpolator = Interpolator(factor, channels)
        self._skip = self._interpolator.delay
        self._tail: Samples = np.zeros((channels, -(-self._skip // factor)), np.float32)

    def __call__(self, samples: Samples, last: bool) -> Samples:
        given = np.concatenate([samples, self._tail], axis=1) if last else samples
        made = self._interpolator.push(given)
        skipped, self._skip = self._skip, max(self._skip - made.shape[1], 0)
        return made[:, skipped:]
