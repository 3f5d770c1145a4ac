"""Other people's voice detectors: which frames of 20 ms they take for speech.

They know one thing, speech or not, sooner than ours does. Each gets what ours has in its 0.2 s:
gaps below that are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.audio.activity import Flags, bridged
from pellucid.bench.listen_items import RATE
from pellucid.errors import ArtifactError
from pellucid.frames import Samples

CHUNK, PAST = 512, 64  # samples of Silero's: what is new, what is seen again
LIKELY = 0.5
FRAME_SAMPLES = RATE // 50
STRICTNESS = 2  # of WebRTC's, 0 to 3


@dataclass(frozen=True)
class Detector:
    """float32 (T,) at `RATE` to a flag for each 20 ms."""

    name: str
    detect: Callable[[Samples], Flags]


def webrtc() -> Iterator[Detector]:
    """WebRTC's detector by py-webrtcvad, if that is installed."""
    try:
        from webrtcvad import Vad
    except ImportError:
        return

    def detect(samples: Samples) -> Flags:
        vad = Vad(STRICTNESS)
        steps = (32767 * np.clip(samples, -1, 1)).astype("<i2").reshape(-1, FRAME_SAMPLES)
        return bridged(np.array([vad.is_speech(step.tobytes(), RATE) for step in steps]))

    yield Detector("WebRTC", detect)


def silero(path: Path) -> Detector:
    """A network in the form of Silero's, 512 samples at a time.

    Inputs: "input" (1, 576), "state" (2, 1, 128), "sr". Raises ArtifactError for other files.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no root but Exception
        raise ArtifactError(f"{path}: no ONNX model that onnxruntime runs ({error})") from error
    if {given.name for given in session.get_inputs()} != {"input", "state", "sr"}:
        raise ArtifactError(f"{path}: expected the inputs input, state and sr")

    def detect(samples: Samples) -> Flags:
        padded = np.pad(samples, (PAST, -samples.size % CHUNK))
        state, odds = np.zeros((2, 1, 128), np.float32), []
        for start in range(0, padded.size - PAST, CHUNK):
            given = {"input": padded[None, start : start + PAST + CHUNK], "state": state}
            likely, state = session.run(None, {**given, "sr": np.array(RATE, np.int64)})
            odds.append(float(likely[0, 0]))
        middles = np.arange(samples.size // FRAME_SAMPLES) * FRAME_SAMPLES + FRAME_SAMPLES // 2
        return bridged(np.array(odds)[middles // CHUNK] >= LIKELY)

    return Detector(path.stem, detect)
