"""Other people's denoisers as methods, from ONNX files that the user has.

Each is moved back by the delay that its output shows, so that none loses by it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soxr

from pellucid.bench.voice import VoiceMethod
from pellucid.errors import ArtifactError
from pellucid.frames import Samples

MOST_DELAY = 0.05  # seconds
NETWORK_RATE, WINDOW, HOP = 16_000, 512, 256


def network(path: Path) -> VoiceMethod:
    """A streaming network of 257 bins, in the form that GTCRN is published in.

    Inputs: "mix" (1, 257, 1, 2), real and imaginary, then states that its further outputs give
    anew. Raises ArtifactError for other files, MissingExtraError.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own errors share no root but Exception
        raise ArtifactError(f"{path}: no ONNX model that onnxruntime runs ({error})") from error
    if session.get_inputs()[0].shape != [1, WINDOW // 2 + 1, 1, 2]:
        raise ArtifactError(f"{path}: expected an input of (1, 257, 1, 2)")
    return VoiceMethod(path.stem, lambda samples, rate: _through(session, samples, rate))


def aligned(samples: Samples, made: Samples, sample_rate: int) -> Samples:
    """`made`, (1, T) or longer, moved back by the delay at which it is most like `samples`."""
    size, most = samples.shape[1], round(MOST_DELAY * sample_rate)
    made = np.pad(made, ((0, 0), (0, max(size + most - made.shape[1], 0))))
    likeness = [float(samples[0] @ made[0, lag : lag + size]) for lag in range(most)]
    best = int(np.argmax(likeness))
    return made[:, best : best + size]


def _through(session: Any, samples: Samples, sample_rate: int) -> Samples:
    inner = soxr.resample(samples[0], sample_rate, NETWORK_RATE)
    window = np.sqrt(np.hanning(WINDOW + 1)[:-1])
    padded = np.pad(inner, (HOP, HOP + -len(inner) % HOP), mode="reflect")
    names = [given.name for given in session.get_inputs()]
    states = [np.zeros(given.shape, np.float32) for given in session.get_inputs()[1:]]
    out = np.zeros(len(padded))
    for start in range(0, len(padded) - WINDOW + 1, HOP):
        spectrum = np.fft.rfft(window * padded[start : start + WINDOW])
        mix = np.stack([spectrum.real, spectrum.imag], -1)[None, :, None].astype(np.float32)
        made, *states = session.run(None, dict(zip(names, [mix, *states], strict=True)))
        back = np.fft.irfft(made[0, :, 0, 0] + 1j * made[0, :, 0, 1])
        out[start : start + WINDOW] += window * back
    cut = out[HOP : HOP + len(inner)].astype(np.float32)
    narrow = soxr.resample(cut, NETWORK_RATE, sample_rate)[None].astype(np.float32)
    return aligned(samples, narrow, sample_rate)
