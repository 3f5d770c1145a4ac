"""What else a user could pick, ready to be timed: other runtimes, OpenCV, libswscale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.bench.methods import scale
from pellucid.bench.twin import onnx_twin
from pellucid.errors import ArtifactError, MissingExtraError
from pellucid.frames import Plane
from pellucid.video.engine import ENGINES, luma
from pellucid.video.integer import IntegerNetwork, Network

OPENCV_PEER = "opencv_fsrcnn_small"


@dataclass(frozen=True)
class Contender:
    """Enlarges luma x2: uint8 (H, W) to uint8 (2H, 2W). macs: for one such picture, if known."""

    name: str
    enlarge: Callable[[Plane], Any]
    macs: int | None = None


def ours(name: str, network: Network, threads: int, size: tuple[int, int]) -> Iterator[Contender]:
    """Each engine that runs here, with the network's middle level."""
    macs = network.macs(*size)
    for kernels, make in ENGINES.items():
        if kernels == "reference":
            continue
        yield Contender(f"{name}, {kernels}", partial(luma, make(network, threads)), macs)


def runtimes(network: IntegerNetwork, threads: int, size: tuple[int, int]) -> Iterator[Contender]:
    """OpenVINO and ONNX Runtime in int8 on the same network, as far as they are installed."""
    try:
        twin, macs = onnx_twin(network, *size), network.macs(*size)
    except MissingExtraError:
        return
    for name, start in (("OpenVINO int8", _openvino), ("ONNX Runtime int8", _onnxruntime)):
        try:
            yield Contender(name, start(twin, threads), macs)
        except ImportError:
            continue


def opencv(peers: Path, threads: int) -> Iterator[Contender]:
    """OpenCV's dnn with its FSRCNN-small from a folder of peers, if both are there."""
    path = peers / OPENCV_PEER / "model.onnx"
    if not path.exists():
        raise ArtifactError(f"{path}: expected the network that OpenCV's dnn_superres ships")
    try:
        import cv2
    except ImportError:
        return
    network = cv2.dnn.readNetFromONNX(str(path))

    def enlarge(picture: Plane) -> Any:
        cv2.setNumThreads(threads)
        network.setInput(cv2.dnn.blobFromImage(picture, 1 / 255))
        return _bytes(255 * network.forward()[0, 0])

    yield Contender("OpenCV FSRCNN-small", enlarge)


def swscale() -> Contender:
    """What players do, on one thread."""
    return Contender("swscale bicubic", lambda picture: scale(picture, "bicubic"))


def _bytes(values: Any) -> Plane:
    made: Plane = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return made


def _openvino(twin: bytes, threads: int) -> Callable[[Plane], Any]:
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(core.read_model(twin), "CPU", settings)
    request = compiled.create_infer_request()

    def enlarge(picture: Plane) -> Any:
        request.infer([picture[None, None].astype(np.float32)], share_inputs=True)
        return _bytes(request.get_output_tensor().data[0, 0])

    return enlarge


def _onnxruntime(twin: bytes, threads: int) -> Callable[[Plane], Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(twin, options, providers=["CPUExecutionProvider"])

    def enlarge(picture: Plane) -> Any:
        given = picture[None, None].astype(np.float32)
        return _bytes(session.run(None, {"picture": given})[0][0, 0])

    return enlarge
