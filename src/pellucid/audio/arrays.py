"""Stages of sound for whole arrays."""

from __future__ import annotations

import numpy as np

from pellucid.errors import FrameError
from pellucid.frames import AudioFrame, Samples
from pellucid.stream import Stage, run


def through(stage: Stage[AudioFrame, AudioFrame], samples: Samples, sample_rate: int) -> Samples:
    """A whole sound through a fresh stage.

    samples: floating point (T,) or (C, T); gives float32 of the same number of dimensions.
    Raises FrameError for anything else, and what the stage raises.
    """
    array = np.asarray(samples)
    if array.ndim not in (1, 2) or not np.issubdtype(array.dtype, np.floating):
        raise FrameError(
            f"samples: expected float32 (T,) or (C, T), got {array.dtype} {array.shape}"
        )
    channels = np.atleast_2d(array).astype(np.float32)
    made = [frame.samples for frame in run(stage, [AudioFrame(channels, sample_rate)])]
    whole = np.concatenate([channels[:, :0], *made], axis=1)
    return whole[0] if array.ndim == 1 else whole
