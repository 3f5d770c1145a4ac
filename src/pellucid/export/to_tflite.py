"""TFLite (LiteRT), for Android: float weights, one size of picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from pellucid.export.formats import Format, Grey, Size
from pellucid.export.networks import FloatNet
from pellucid.video.integer import IntegerNetwork, Luma


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.tflite."""
    import litert_torch

    path = folder / f"{name}.tflite"
    picture = torch.zeros(1, 1, *size)
    litert_torch.convert(FloatNet(network).eval(), (picture,)).export(str(path))
    return [path]


def run(paths: list[Path], picture: Luma) -> Grey:
    """What LiteRT's interpreter makes of luma."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(paths[0]))
    interpreter.allocate_tensors()
    (into,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(into["index"], picture[None, None].astype(np.float32))
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(out["index"])[0, 0], np.float32)


TFLITE = Format(
    "tflite", convert, run, "ai-edge-litert", ("litert_torch", "ai_edge_litert"),
    picture="the one input, float32 (1, 1, H, W): luma, 0..255",
    enlarged="the one output, float32 (1, 1, 2H, 2W): 0..255, not rounded",
    extra="export-tflite",
)  # fmt: skip
