"""What this machine can do for Pellucid, and what to do about what is missing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

import av
import numpy as np

from pellucid import _native
from pellucid.artifact import find_model, shipped_models
from pellucid.audio.timing import Timed, time_stages
from pellucid.media.encoding import ENCODERS
from pellucid.video.engine import luma, pick_engine, usable_cores
from pellucid.video.model import load

SIZES = ((180, 320), (360, 480), (360, 640), (540, 960), (720, 1280))
DECODERS = ("h264", "hevc", "vp8", "vp9", "av1")
SECONDS = 0.25  # of measuring each model at each size, at least
LEAST = 3  # pictures

# A package, and what it is for.
EXTRAS = {
    "torch": ("train", "training"),
    "imageio_ffmpeg": ("bench", "VMAF in `pellucid bench` and `pellucid compare`"),
    "matplotlib": ("bench", "figures"),
    "aiortc": ("call", "live calls"),
    "openvino": ("speed", "timing beside OpenVINO"),
}


@dataclass(frozen=True)
class Measured:
    """A model at one size of input: median ms of a luma picture on all cores we may use."""

    model: str
    width: int
    height: int
    milliseconds: float

    @property
    def fps(self) -> float:
        """Pictures a second."""
        return 1000 / self.milliseconds


@dataclass(frozen=True)
class Health:
    """All that was found. advice: sentences, one for each thing that is missing.

    kernels: whether this processor runs each set that was built, the fastest first.
    """

    cores: int
    kernels: dict[str, bool]
    engine: str
    models: tuple[Measured, ...]
    voices: tuple[Timed, ...]
    decoders: dict[str, bool]
    encoders: dict[str, bool]
    extras: dict[str, bool]
    advice: tuple[str, ...]

    @property
    def why(self) -> str:
        """Why the engine is the one it is."""
        faster = [name for name, runs in self.kernels.items() if not runs]
        said = f"the fastest of {', '.join(self.kernels)} that this processor runs"
        return f"{said}; it lacks what {' and '.join(faster)} need" if faster else said


def examine() -> Health:
    """Look at everything; takes a few seconds, most of them for measuring."""
    running = _native.kernels()
    decoders = {name: _has(name, "r") for name in DECODERS}
    encoders = {name: _has(encoder.name, "w") for name, encoder in ENCODERS.items()}
    extras = {package: find_spec(package) is not None for package in EXTRAS}
    return Health(
        cores=usable_cores(),
        kernels={name: name in running for name in _native.kernels(every=True)},
        engine=running[0],
        models=tuple(_measure()),
        voices=tuple(time_stages()),
        decoders=decoders,
        encoders=encoders,
        extras=extras,
        advice=tuple(_advice(running, decoders, encoders, extras)),
    )


def _measure() -> Iterator[Measured]:
    for name in shipped_models():
        engine = pick_engine(load(find_model(name))[0])
        for height, width in SIZES:
            picture = np.random.default_rng(0).integers(0, 256, (height, width)).astype(np.uint8)
            luma(engine, picture)  # threads start, memory is fetched
            taken: list[float] = []
            while len(taken) < LEAST or sum(taken) < SECONDS:
                start = time.perf_counter()
                luma(engine, picture)
                taken.append(time.perf_counter() - start)
            yield Measured(name, width, height, 1000 * float(np.median(taken)))


def _has(codec: str, mode: Literal["r", "w"]) -> bool:
    try:
        av.Codec(codec, mode)
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def _advice(
    running: list[str],
    decoders: dict[str, bool],
    encoders: dict[str, bool],
    extras: dict[str, bool],
) -> Iterator[str]:
    if running == ["portable"]:
        yield (
            "No kernels for this processor's vectors are running: expect a third of the speed. "
            "Where it has AVX2 or NEON, build from source with g++ or clang."
        )
    for kind, found in (("decode", decoders), ("encode", encoders)):
        for name in (name for name, there in found.items() if not there):
            yield f"PyAV's FFmpeg cannot {kind} {name}: install a wheel of av from PyPI."
    for package, there in extras.items():
        extra, purpose = EXTRAS[package]
        if not there:
            yield f'{package} is not installed, for {purpose}: pip install "pellucid[{extra}]".'
