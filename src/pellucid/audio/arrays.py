"""Whole arrays of sound: through stages, and to a length."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pellucid.errors import FrameError
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import Stage, run

SECONDS = 10  # at a time, so that memory does not grow with the length


def through(stage: Stage[AudioFrame, AudioFrame], samples: Samples, sample_rate: int) -> Samples:
    """A whole sound through a fresh stage.

    samples: floating point (T,) or (C, T); gives float32 of the same number of dimensions.
    Raises FrameError for anything else, and what the stage raises.
    """
    made = [frame.samples for frame in run(stage, pieces(samples, sample_rate))]
    whole = np.concatenate([as_channels(samples)[:, :0], *made], axis=1)
    return whole[0] if np.ndim(samples) == 1 else whole


def pieces(samples: Samples, sample_rate: int) -> Iterator[AudioFrame]:
    """A whole sound as frames of `SECONDS`; at least one, so that what is wrong is told.

    samples: see `through`. Raises FrameError for anything else.
    """
    channels, size = as_channels(samples), max(SECONDS * sample_rate, 1)
    for start in range(0, max(channels.shape[1], 1), size):
        yield AudioFrame(channels[:, start : start + size], sample_rate, start)


def as_channels(samples: Samples) -> Samples:
    """Floating point (T,) or (C, T) as float32 (C, T). Raises FrameError for anything else."""
    array = np.asarray(samples)
    if array.ndim not in (1, 2) or not np.issubdtype(array.dtype, np.floating):
        raise FrameError(
            f"samples: expected float32 (T,) or (C, T), got {array.dtype} {array.shape}"
        )
    return np.atleast_2d(array).astype(np.float32)


def fitted(samples: Samples, size: int) -> Samples:
    """(..., T) cut to `size`, or with silence behind it, float32."""
    cut = samples[..., :size]
    around = [(0, 0)] * (cut.ndim - 1) + [(0, size - cut.shape[-1])]
    return np.pad(cut, around).astype(np.float32, copy=False)
