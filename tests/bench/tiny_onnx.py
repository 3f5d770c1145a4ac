"""Writes, byte by byte, an ONNX network that repeats each sample 2x2; needs no onnx package.

Source: onnx.proto3 (field numbers); Concat four times, then DepthToSpace.
"""

from __future__ import annotations

import json
from pathlib import Path


def write_nearest_peer(folder: Path, io: str, white: float, multiple: int = 1) -> Path:
    """A peer's folder: model.onnx and meta.json."""
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(nearest(3 if io == "rgb" else 1))
    card = {"io": io, "range": white, "multiple": multiple}
    (folder / "meta.json").write_text(json.dumps(card))
    return folder


def nearest(channels: int) -> bytes:
    concat = _node("Concat", ["x"] * 4, "four", _attribute("axis", 1))
    shuffle = _node("DepthToSpace", ["four"], "y", _attribute("blocksize", 2))
    graph = (
        _part(1, concat)
        + _part(1, shuffle)
        + _part(2, b"nearest")
        + _part(11, _value("x", channels, "h", "w"))
        + _part(12, _value("y", channels, "H", "W"))
    )
    return _number(1, 8) + _part(7, graph) + _part(8, _number(2, 13))


def _node(kind: str, inputs: list[str], output: str, attribute: bytes) -> bytes:
    names = b"".join(_part(1, name.encode()) for name in inputs)
    return names + _part(2, output.encode()) + _part(4, kind.encode()) + _part(5, attribute)


def _attribute(name: str, value: int) -> bytes:
    return _part(1, name.encode()) + _number(3, value) + _number(20, 2)  # 2: an integer


def _value(name: str, channels: int, height: str, width: str) -> bytes:
    fixed = [_part(1, _number(1, size)) for size in (1, channels)]
    free = [_part(1, _part(2, size.encode())) for size in (height, width)]
    tensor = _number(1, 1) + _part(2, b"".join(fixed + free))  # 1: float32
    return _part(1, name.encode()) + _part(2, _part(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
