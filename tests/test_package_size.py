"""The wheel stays small: what is in it beside the native library, and that where it is built."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "pellucid"
MEGABYTE = 10**6
MOST = 5 * MEGABYTE
# For the compiled module, which is weighed apart where it is at hand: 0.2 MB packed. Building the
# wheel itself would take a compiler minutes in every run of the tests.
NATIVE = MEGABYTE // 2


def packed(paths: list[Path], root: Path) -> int:
    """Bytes of a zip file of them, compressed and named (from `root` on) as in wheels."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in paths:
            wheel.write(path, path.relative_to(root))
    return memory.tell()


def files() -> list[Path]:
    inside = (path for path in PACKAGE.rglob("*") if path.is_file())
    return sorted(path for path in inside if "__pycache__" not in path.parts)


def test_the_wheel_with_its_weights_stays_below_5_mb() -> None:
    found = files()
    assert {".py", ".safetensors", ".onnx", ".js", ".wasm"} <= {path.suffix for path in found}
    assert packed(found, PACKAGE.parent) + NATIVE <= MOST


def test_the_native_library_keeps_to_its_share() -> None:
    native = pytest.importorskip("pellucid._native")
    module = Path(native.__file__)
    assert packed([module], module.parents[1]) <= NATIVE
