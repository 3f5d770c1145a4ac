"""Core ML, for iOS and macOS: an ML program in float16, grey images of one size in and out.

Apple's runtime is on Apple's machines alone, so what was written is read again and its operators
are walked with torch, each result rounded to the type that the program states.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pellucid.errors import ExportError
from pellucid.export.formats import Format, Grey, Size
from pellucid.export.networks import FloatNet
from pellucid.video.integer import IntegerNetwork, Luma

IN, OUT = "picture", "enlarged"


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.mlpackage, a folder."""
    import coremltools

    path = folder / f"{name}.mlpackage"
    grey = coremltools.colorlayout.GRAYSCALE
    made = coremltools.convert(
        torch.jit.trace(FloatNet(network).eval(), torch.zeros(1, 1, *size)),
        inputs=[coremltools.ImageType(IN, shape=(1, 1, *size), color_layout=grey)],
        outputs=[coremltools.ImageType(OUT, color_layout=grey)],
        compute_precision=coremltools.precision.FLOAT16,
        minimum_deployment_target=coremltools.target.iOS16,
    )
    made.save(str(path))
    return [path]


def run(paths: list[Path], picture: Luma) -> Grey:
    """What the file's program makes of luma."""
    (block,) = _program(paths[0]).functions.values()
    values = {name: torch.from_numpy(picture[None, None].astype(np.float32)) for name in block.inputs}
    for operator in block.operations:
        if operator.op_type != "const":
            (output,) = operator.outputs
            made = _operator(operator.op_type)(*_arguments(operator, values))
            values[output.name] = made.to(_type(output)).to(torch.float32)
    return values[block.outputs[0].name][0, 0].numpy()


def _program(path: Path) -> Any:
    """The program as coremltools reads it back, weights from the file beside it."""
    import coremltools
    from coremltools.converters.mil.frontend.milproto.load import load

    spec = coremltools.models.MLModel(str(path), skip_model_load=True).get_spec()
    weights = path / "Data" / "com.apple.CoreML" / "weights"
    return load(spec, spec.specificationVersion, str(weights))


def _arguments(operator: Any, values: dict[str, Tensor]) -> list[Any]:
    """What an operator is given, in the order of `OPERATORS`."""
    return [_value(operator.inputs[name], values) for name in OPERATORS[operator.op_type][0]]


def _value(variable: Any, values: dict[str, Tensor]) -> Any:
    if variable.name in values:
        return values[variable.name]
    known = variable.val
    if isinstance(known, np.ndarray) and known.dtype.kind == "f":
        return torch.from_numpy(known.astype(np.float32))
    return known.tolist() if isinstance(known, np.generic | np.ndarray) else known


def _operator(kind: str) -> Callable[..., Tensor]:
    if kind not in OPERATORS:
        raise ExportError(f"Core ML's program: holds {kind}, which cannot be checked here")
    return OPERATORS[kind][1]


def _type(variable: Any) -> torch.dtype:
    name = variable.dtype.__name__
    return {"fp16": torch.float16, "fp32": torch.float32}[name]


def _conv(x: Tensor, weight: Tensor, bias: Tensor, pads: list[int], kind: str) -> Tensor:
    if kind == "custom":
        x = functional.pad(x, (pads[2], pads[3], pads[0], pads[1]))
    assert kind in ("custom", "valid"), kind
    return functional.conv2d(x, weight, bias)


def _pad(x: Tensor, pads: list[int], mode: str) -> Tensor:
    assert mode == "replicate", mode
    return functional.pad(x, (*pads[-2:], *pads[-4:-2]), mode="replicate")


# The operators that our networks become: their inputs in order, and what they do.
OPERATORS: dict[str, tuple[tuple[str, ...], Callable[..., Tensor]]] = {
    "cast": (("x",), lambda x: x),
    "pad": (("x", "pad", "mode"), _pad),
    "conv": (("x", "weight", "bias", "pad", "pad_type"), _conv),
    "clip": (("x", "alpha", "beta"), lambda x, low, high: x.clamp(float(low), float(high))),
    "add": (("x", "y"), torch.add),
    "pixel_shuffle": (("x", "upscale_factor"), functional.pixel_shuffle),
}

COREML = Format(
    "coreml", convert, run, "coremltools' reading of the file, operator by operator in torch",
    ("coremltools",),
    picture=f'"{IN}", a grey 8-bit image (W x H): luma',
    enlarged=f'"{OUT}", a grey 8-bit image (2W x 2H)',
)  # fmt: skip
