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
from pellucid.export.networks import traced_net
from pellucid.video.integer import IntegerNetwork, Luma

IN, OUT = "picture", "enlarged"


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.mlpackage, a folder."""
    import coremltools

    path = folder / f"{name}.mlpackage"
    grey = coremltools.colorlayout.GRAYSCALE
    made = coremltools.convert(
        traced_net(network, size),
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
    values = {
        name: torch.from_numpy(picture[None, None].astype(np.float32)) for name in block.inputs
    }
    for operator in block.operations:
        if operator.op_type != "const":
            (output,) = operator.outputs
            given = _arguments(operator, values)
            made = OPERATORS[operator.op_type][1](*given)
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
    if operator.op_type not in OPERATORS:
        raise ExportError(f"coreml: holds {operator.op_type}, which cannot be checked here")
    return [_value(operator.inputs[name], values) for name in OPERATORS[operator.op_type][0]]


def _value(variable: Any, values: dict[str, Tensor]) -> Any:
    if variable.name in values:
        return values[variable.name]
    known = variable.val
    if isinstance(known, np.ndarray) and known.dtype.kind == "f":
        return torch.from_numpy(known.astype(np.float32))
    return known.tolist() if isinstance(known, np.generic | np.ndarray) else known


def _type(variable: Any) -> torch.dtype:
    name = variable.dtype.__name__
    return {"fp16": torch.float16, "fp32": torch.float32}[name]


def _conv(x: Tensor, weight: Tensor, bias: Tensor, strides: list[int], pads: list[int]) -> Tensor:
    # With "valid" the program states pads of 0; there is no other type in what we write.
    return functional.conv2d(functional.pad(x, (*pads[2:], *pads[:2])), weight, bias, strides)


def _pad(x: Tensor, pads: list[int], mode: str) -> Tensor:
    assert mode == "replicate", mode
    return functional.pad(x, (*pads[-2:], *pads[-4:-2]), mode="replicate")


# The operators that our networks become: their inputs in order, and what they do.
OPERATORS: dict[str, tuple[tuple[str, ...], Callable[..., Tensor]]] = {
    "cast": (("x",), lambda x: x),
    "pad": (("x", "pad", "mode"), _pad),
    "conv": (("x", "weight", "bias", "strides", "pad"), _conv),
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
