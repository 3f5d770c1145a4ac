"""ONNX: the same bytes as the reference, for pictures of any size, in float32 operators alone."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pellucid.export.formats import Format, Grey, Size
from pellucid.export.networks import ExactNet, FloatNet
from pellucid.video.integer import IntegerNetwork, Luma

OPSET = 17
IN, OUT = "picture", "enlarged"
FREE = {IN: {2: "H", 3: "W"}, OUT: {2: "2H", 3: "2W"}}
ERRORS_ONLY = 3  # severity that ONNX Runtime logs from


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.onnx; `size` is no more than an example."""
    path = folder / f"{name}.onnx"
    picture = torch.zeros(1, 1, *size, dtype=torch.uint8)
    _write(ExactNet(network), picture, path, FREE)
    return [path]


def write_float(network: IntegerNetwork, size: Size, path: Path) -> None:
    """The float network for pictures of one size, for converters that read ONNX."""
    _write(FloatNet(network), torch.zeros(1, 1, *size), path, {})


def run(paths: list[Path], picture: Luma) -> Grey:
    """What ONNX Runtime makes of luma; uint8 in float32's clothes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    session = onnxruntime.InferenceSession(str(paths[0]), options, ["CPUExecutionProvider"])
    (enlarged,) = session.run([OUT], {IN: picture[None, None]})
    return np.asarray(enlarged[0, 0], np.float32)


def _write(net: nn.Module, picture: Tensor, path: Path, free: dict[str, dict[int, str]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that tracing is no longer the exporter's first choice
        torch.onnx.export(
            net.eval(), (picture,), str(path), input_names=[IN], output_names=[OUT],
            dynamic_axes=free, opset_version=OPSET, dynamo=False,
        )  # fmt: skip


ONNX = Format(
    "onnx", convert, run, "onnxruntime", ("onnx", "onnxruntime"),
    picture=f'"{IN}", uint8 (1, 1, H, W): luma',
    enlarged=f'"{OUT}", uint8 (1, 1, 2H, 2W)',
    exact=True, any_size=True,
)  # fmt: skip
