"""Packed files: the tensors of a compressed network in as few bytes as they need, told whole.

    8 bytes   "plcpack1"
    16 bytes  the beginning of the SHA-256 of all that follows: one flipped bit and the file is
              refused, a missing end as well
    4 bytes   size of the header, the least byte first
    header    JSON through zlib: the coder, the settings, names, dtypes and shapes of the tensors,
              and the tables of the streams they became (see `streams` and `coding`)
    rest      tensors that gain nothing by that and the others' values, then the streams' words

Floating-point tensors are kept as float16, each with a codebook of its own. Whole numbers are kept
as they are, all of one dtype with one table: the layers of an integer network look alike.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.errors import ArtifactError
from pellucid.media.atomic import whole_file
from pellucid.training.compress.coding import Coder, Symbols, Table, decode, encode, table_of
from pellucid.training.compress.streams import Array, Coded, from_streams, to_streams

MAGIC, DIGEST = b"plcpack1", 16
START = len(MAGIC) + DIGEST + 4
Tensors = Mapping[str, Array]


def pack(tensors: Tensors, settings: Mapping[str, Any], coder: Coder) -> bytes:
    """The file. Floating-point tensors of any width come back as float16."""
    rows, blocks, streams = [], list[bytes](), list[Symbols]()
    for row, joined in _joined(tensors):
        coded = to_streams(joined)
        if coded:
            own = [coded.numbers] if coded.gaps is None else [coded.numbers, coded.gaps]
            row |= {"values": len(coded.values), "streams": len(own)}
            streams += own
        rows.append(row)
        blocks.append((coded.values if coded else joined).tobytes())
    tables = [table_of(stream).counts for stream in streams]
    header = {"coder": coder, "settings": dict(settings), "rows": rows, "tables": tables}
    text = zlib.compress(json.dumps(header, separators=(",", ":")).encode(), 9)
    body = len(text).to_bytes(4, "little") + text + b"".join(blocks) + encode(streams, coder)
    return MAGIC + hashlib.sha256(body).digest()[:DIGEST] + body


def unpack(data: bytes) -> tuple[dict[str, Array], dict[str, Any]]:
    """Tensors and settings. Raises ArtifactError for what `pack` has not made, or damage.

    The digest tells accidents; a file that somebody made with a right one is trusted.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise ArtifactError("expected a packed model, got another kind of file")
    body = data[len(MAGIC) + DIGEST :]
    if hashlib.sha256(body).digest()[:DIGEST] != data[len(MAGIC) : len(MAGIC) + DIGEST]:
        raise ArtifactError("damaged packed model, its bytes do not match their digest")
    place = START + int.from_bytes(body[:4], "little")
    header = json.loads(zlib.decompress(data[START:place]))
    blocks = []
    for row in header["rows"]:
        dtype, count = np.dtype(row["dtype"]), row.get("values", _size(row))
        blocks.append(np.frombuffer(data, dtype, count, place))
        place += dtype.itemsize * count
    tables = [Table(tuple(counts)) for counts in header["tables"]]
    streams = iter(decode(data[place:], tables, header["coder"]))
    tensors: dict[str, Array] = {}
    for row, block in zip(header["rows"], blocks, strict=True):
        own = [next(streams) for _ in range(row.get("streams", 0))]
        tensors |= _parted(row, from_streams(_coded(block, own), _size(row)) if own else block)
    return tensors, header["settings"]


def write_packed(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    with whole_file(path, overwrite=True) as partial:
        partial.write_bytes(data)


def read_packed(path: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """As `unpack`. Raises ArtifactError, also for a file that is not there."""
    try:
        return unpack(path.read_bytes())
    except OSError as error:
        raise ArtifactError(f"{path}: no readable model file ({error.strerror})") from error
    except ArtifactError as error:
        raise ArtifactError(f"{path}: {error}") from error


def _joined(tensors: Tensors) -> Iterator[tuple[dict[str, Any], Array]]:
    """Floating-point tensors one by one, then whole numbers, all of one dtype flat together."""
    together: dict[str, list[str]] = {}
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f":
            yield _row({name: tensor}, "<f2"), tensor.astype("<f2").reshape(-1)
        else:
            together.setdefault(tensor.dtype.newbyteorder("<").str, []).append(name)
    for dtype, names in together.items():
        flat = [tensors[name].astype(dtype).reshape(-1) for name in names]
        yield _row({name: tensors[name] for name in names}, dtype), np.concatenate(flat)


def _row(tensors: Tensors, dtype: str) -> dict[str, Any]:
    return {"of": [[name, list(one.shape)] for name, one in tensors.items()], "dtype": dtype}


def _size(row: Mapping[str, Any]) -> int:
    return sum(prod(shape) for _, shape in row["of"])


def _coded(values: Array, streams: list[Symbols]) -> Coded:
    return Coded(values, streams[0], streams[1] if len(streams) > 1 else None)


def _parted(row: Mapping[str, Any], flat: Array) -> dict[str, Array]:
    ends = np.cumsum([prod(shape) for _, shape in row["of"]])
    parts = zip(row["of"], np.split(flat, ends[:-1]), strict=True)
    return {name: part.reshape(shape).copy() for (name, shape), part in parts}
