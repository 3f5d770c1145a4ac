"""MNN: float weights, one size of picture; MNN's own converter reads our float ONNX."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from pellucid.errors import ExportError
from pellucid.export import to_onnx
from pellucid.export.formats import Format, Grey, Size
from pellucid.video.integer import IntegerNetwork, Luma

# The converter prints and may end its process, so it has one of its own.
CONVERTER = "import sys; from MNN.tools import mnnconvert; sys.exit(mnnconvert.main())"


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.mnn."""
    path = folder / f"{name}.mnn"
    with tempfile.TemporaryDirectory() as made:
        source = Path(made) / "net.onnx"
        to_onnx.write_float(network, size, source)
        words = ["-f", "ONNX", "--modelFile", str(source), "--MNNModel", str(path), "--bizCode", "-"]
        done = subprocess.run(
            [sys.executable, "-c", CONVERTER, *words],
            cwd=made, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if not path.is_file():
        raise ExportError(f"mnnconvert: gave no file (status {done.returncode})")
    return [path]


def run(paths: list[Path], picture: Luma) -> Grey:
    """What MNN makes of luma, on the processor and in float32."""
    from MNN import expr, nn

    net = nn.load_module_from_file(str(paths[0]), [to_onnx.IN], [to_onnx.OUT])
    given = picture[None, None].astype(np.float32)
    variable = expr.const(given, list(given.shape), expr.NCHW)
    enlarged = expr.convert(net.forward(variable), expr.NCHW)
    return np.array(enlarged.read(), np.float32)[0, 0]


MNN = Format(
    "mnn", convert, run, "MNN", ("onnx", "MNN"),
    picture=f'"{to_onnx.IN}", float32 (1, 1, H, W): luma, 0..255',
    enlarged=f'"{to_onnx.OUT}", float32 (1, 1, 2H, 2W): 0..255, not rounded',
)  # fmt: skip
