"""MNN: float weights, one size of picture; MNN's own converter reads our float ONNX."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pellucid.errors import ExportError
from pellucid.export import to_onnx
from pellucid.export.formats import Format, Grey, Size
from pellucid.video.integer import IntegerNetwork, Luma

# The converter prints and may end its process, so it has one of its own. Its compiled half alone:
# the script around it (MNN.tools) installs a package with pip and reports each use to its makers.
CONVERTER = "import sys, _tools; _tools.mnnconvert(sys.argv)"


def convert(network: IntegerNetwork, size: Size, folder: Path, name: str) -> list[Path]:
    """Write NAME.mnn."""
    with tempfile.TemporaryDirectory() as made:
        source = Path(made) / "net.onnx"
        to_onnx.write_float(network, size, source)
        return [from_onnx(source, folder / f"{name}.mnn")]


def from_onnx(source: Path, path: Path) -> Path:
    """Convert an ONNX file. Raises ExportError."""
    words = ["-f", "ONNX", "--modelFile", str(source), "--MNNModel", str(path.resolve())]
    done = subprocess.run(
        [sys.executable, "-c", CONVERTER, *words, "--bizCode", "-"],
        cwd=source.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not path.is_file():
        raise ExportError(f"mnnconvert: gave no file (status {done.returncode})")
    return path


def run(paths: list[Path], picture: Luma) -> Grey:
    """What MNN makes of luma, on the processor and in float32."""
    given = picture[None, None].astype(np.float32)
    (enlarged,) = call(paths[0], (to_onnx.IN,), (to_onnx.OUT,))(given)
    return np.asarray(enlarged[0, 0], np.float32)


def call(path: Path, inputs: Sequence[str], outputs: Sequence[str]) -> Callable[..., list[Grey]]:
    """A file's network as a function of arrays."""
    from MNN import expr, nn

    net = nn.load_module_from_file(str(path), [*inputs], [*outputs])

    def made(*arrays: Grey) -> list[Grey]:
        given = [expr.const(array, list(array.shape), expr.NCHW) for array in arrays]
        return [np.array(expr.convert(one, expr.NCHW).read()) for one in net.onForward(given)]

    return made


MNN = Format(
    "mnn", convert, run, "MNN", ("onnx", "MNN"),
    picture=f'"{to_onnx.IN}", float32 (1, 1, H, W): luma, 0..255',
    enlarged=f'"{to_onnx.OUT}", float32 (1, 1, 2H, 2W): 0..255, not rounded',
)  # fmt: skip
