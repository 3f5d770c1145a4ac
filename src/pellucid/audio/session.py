"""A voice network as ONNX Runtime runs it: frames in, frames out, the caller keeps the state."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.audio.model import read_voice
from pellucid.errors import ArtifactError

Array = npt.NDArray[np.float32]
IN, OUT = ("frames", "state"), ("made", "state after")
ERRORS_ONLY = 3  # severity that ONNX Runtime logs from


class Session:
    """One network for any number of streams: `run` holds nothing between calls.

    Raises ArtifactError when the file is no voice network.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime  # a tenth of a second that a run on pictures alone should not wait

        network, self.card = read_voice(path)
        try:
            self._session = onnxruntime.InferenceSession(
                network, _options(), ["CPUExecutionProvider"]
            )
            inputs = {each.name: each.shape for each in self._session.get_inputs()}
            self._state_shape = tuple(int(size) for size in inputs[IN[1]])
            self.frames_shape = tuple(inputs[IN[0]])  # the first is free
        except Exception as error:  # the runtime's own errors have no common root
            raise ArtifactError(f"{path}: not a network this version runs ({error})") from error

    def start(self) -> Array:
        """The state before the first frame."""
        return np.zeros(self._state_shape, np.float32)

    def run(self, frames: Array, state: Array) -> tuple[Array, Array]:
        """float32 (T, ...) frames and the state before them to what the network made of them, and
        the state after. T may differ from call to call: it does not change the result.
        """
        made, after = self._session.run(OUT, dict(zip(IN, (frames, state), strict=True)))
        return made, after


@lru_cache(maxsize=8)
def open_session(path: Path, kind: str) -> Session:
    """The session of a file, shared by all streams that ask for it.

    Raises ArtifactError when it is not a network of that kind, such as "voice-denoise".
    """
    session = Session(path)
    if session.card.kind != kind:
        raise ArtifactError(f"{path}: expected a model of kind {kind}, got {session.card.kind}")
    return session


def _options() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
