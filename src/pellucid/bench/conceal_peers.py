"""Other ways to conceal: nothing, repetition, Opus' own decoder, a network of others."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import soxr

from pellucid.audio.arrays import fitted
from pellucid.audio.filler import Fade, Filler, as_guessed
from pellucid.audio.periods import Repetition
from pellucid.audio.stft import HOPS
from pellucid.bench.masks import PACKET_MS, Lost
from pellucid.errors import ArtifactError, MissingExtraError
from pellucid.frames import Samples

REPEATED = Fade(6, 16)  # of the floor
NETWORK_RATE, HOP, CONTEXT = 16_000, 160, 6  # of tPLCnet: Hz, samples, hops
OPUS_BITS = 24_000  # a second
OPUS_DELAY = 0.0065  # seconds that its coder adds


def zeros(samples: Samples, sample_rate: int, lost: Lost) -> Samples:
    """Silence. float32 (T,), and a boolean for each packet of 20 ms, here and below."""
    del sample_rate
    return samples * np.repeat(~lost, -(-samples.size // lost.size))[: samples.size]


def repeated(samples: Samples, sample_rate: int, lost: Lost) -> Samples:
    """The last periods again, sinking into the room's noise from 60 to 160 ms, with our joins."""
    filler = Filler(as_guessed, np.zeros(1, np.float32), sample_rate, REPEATED, guess=Repetition)
    hops = PACKET_MS // 10
    size = sample_rate * PACKET_MS // 1000
    padded, made = fitted(samples, lost.size * size), []
    for number, missing in enumerate(lost):
        packet = padded[number * size : (number + 1) * size]
        made.append(filler.lost(hops) if missing else filler.came(packet))
    return np.concatenate(made)[: samples.size]


class TPlcNet:
    """tPLCnet (Westhausen and Meyer 2022) by a TensorFlow Lite file; it hears 10 ms ahead.

    A window of two hops is predicted from four hops of output and the two hops of input that it
    covers, and overlaps its neighbours. Raises ArtifactError, MissingExtraError.
    """

    def __init__(self, path: Path) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise MissingExtraError('this peer needs: pip install "pellucid[voice]"') from error
        try:
            self._network: Any = Interpreter(str(path), num_threads=1)
            self._network.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ArtifactError(f"{path}: no TensorFlow Lite model ({error})") from error
        given, self._made = self._network.get_input_details()[0], self._network.get_output_details()
        if tuple(given["shape"]) != (1, CONTEXT, HOP):
            raise ArtifactError(f"{path}: expected an input of (1, {CONTEXT}, {HOP})")
        self._given = given["index"]

    def __call__(self, samples: Samples, sample_rate: int, lost: Lost) -> Samples:
        """Conceal, see `zeros`."""
        inner = soxr.resample(zeros(samples, sample_rate, lost), sample_rate, NETWORK_RATE)
        made = self._through(inner, np.repeat(lost, PACKET_MS // 10))
        return fitted(soxr.resample(made, NETWORK_RATE, sample_rate), samples.size)

    def _through(self, samples: Samples, lost: Lost) -> Samples:
        hops = np.zeros((lost.size + 2, HOP), np.float32)  # one of silence on either side
        hops[1:-1] = fitted(samples, lost.size * HOP).reshape(-1, HOP)
        gone = np.concatenate([[False], lost, [False]])
        shape = np.hanning(HOPS * HOP + 1)[:-1].astype(np.float32).reshape(2, HOP)
        heard = np.zeros((CONTEXT - 2 + len(hops), HOP), np.float32)  # as far as it is finished
        for at in range(len(hops) - 1):
            now = heard[at : at + CONTEXT - 1]  # the last four, and the one that grows
            if gone[at] or gone[at + 1]:
                piece = self._predict(np.concatenate([now[:4], hops[at : at + 2]]))
            else:
                piece = hops[at : at + 2] * shape
            heard[at + 4 : at + 6] += piece
        return heard[CONTEXT - 1 : CONTEXT - 1 + lost.size].reshape(-1)

    def _predict(self, context: Samples) -> Samples:
        self._network.set_tensor(self._given, context[None])
        self._network.invoke()
        made: Samples = self._network.get_tensor(self._made[0]["index"]).reshape(2, HOP)
        return made


def opus(samples: Samples, sample_rate: int, lost: Lost) -> Samples:
    """Coded by Opus at 24 kbit/s, decoded with the decoder's own concealment.

    The library is the one that PyAV brings along. Raises MissingExtraError where it is not found.
    """
    inner = fitted(soxr.resample(samples, sample_rate, NETWORK_RATE), lost.size * 2 * HOP)
    packets = list(_coded(inner))
    library, size = _library(), 2 * HOP
    decoder = library.opus_decoder_create(NETWORK_RATE, 1, ctypes.byref(ctypes.c_int()))
    made, room = [], np.zeros(size, np.float32)
    for packet, missing in zip(packets, [*lost, *[False] * len(packets)], strict=False):
        data, length = (None, 0) if missing else (packet, len(packet))
        target = room.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        library.opus_decode_float(decoder, data, length, target, size, 0)
        made.append(room.copy())
    library.opus_decoder_destroy(decoder)
    late = np.concatenate(made)[round(OPUS_DELAY * NETWORK_RATE) :]
    return fitted(soxr.resample(late, NETWORK_RATE, sample_rate), samples.size)


def _coded(samples: Samples) -> Iterator[bytes]:
    coder = av.AudioCodecContext.create("libopus", "w")
    coder.sample_rate, coder.layout, coder.format = NETWORK_RATE, "mono", "flt"
    coder.bit_rate, coder.options = OPUS_BITS, {"application": "voip"}
    size = 2 * HOP
    padded = np.pad(samples, (0, 2 * size))
    for start in range(0, padded.size - size + 1, size):
        frame = av.AudioFrame.from_ndarray(padded[None, start : start + size], "flt", "mono")
        frame.sample_rate, frame.pts = NETWORK_RATE, start
        yield from map(bytes, coder.encode(frame))
    yield from map(bytes, coder.encode(None))


def _library() -> Any:
    for folder in (Path(av.__file__).parents[1] / "av.libs", Path(av.__file__).parent):
        for path in sorted(folder.glob("libopus*")):
            library = ctypes.CDLL(str(path))
            library.opus_decoder_create.restype = ctypes.c_void_p
            library.opus_decoder_create.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]
            library.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
            library.opus_decode_float.argtypes = [
                ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_float),
                ctypes.c_int, ctypes.c_int,
            ]  # fmt: skip
            return library
    raise MissingExtraError("opus: this PyAV brings no libopus of its own")
