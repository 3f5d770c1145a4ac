"""Model files of voice networks: ONNX with explicit state, and the card inside.

A file is two messages of ONNX' ModelProto one after the other, which every protobuf reader takes
for one: the network, and one entry of `metadata_props`, "pellucid", a JSON object of
    "format"  the format's name, `FORMAT`
    "card"    the `Card`
    "size"    bytes of the network, and
    "sha256"  their digest, so that a flipped bit is an error and not a worse voice
So any ONNX runtime reads the file, and reading or writing the card takes no ONNX library.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from pellucid.artifact import MARK, Card, make_card, parse_header
from pellucid.errors import ArtifactError

FORMAT = "pellucid-voice-1"
SUFFIX = ".onnx"
# The keys of ModelProto.metadata_props and of its entry's two strings (onnx.proto, type 2).
ENTRY, KEY, VALUE = 14 << 3 | 2, 1 << 3 | 2, 2 << 3 | 2


def write_voice(path: Path, network: bytes, card: Card) -> None:
    """Write a model file, whole or not at all. network: a serialised ONNX model."""
    digest = hashlib.sha256(network).hexdigest()
    header = {"format": FORMAT, "card": asdict(card), "size": len(network), "sha256": digest}
    text = json.dumps(header, sort_keys=True).encode()
    partial = path.with_suffix(".partial")
    partial.write_bytes(network + _field(ENTRY, _field(KEY, MARK.encode()) + _field(VALUE, text)))
    partial.replace(path)


def read_voice(path: Path) -> tuple[bytes, Card]:
    """Read a model file: the ONNX model, and its card.

    Raises ArtifactError when it is missing, damaged, not a Pellucid model, or too new.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path}: no readable model file ({error.strerror})") from error
    # The mark with its own key and size stands right before the text.
    before, _, after = content.rpartition(_field(KEY, MARK.encode()))
    header = parse_header(path, _text(after)) if before else {}
    if header.get("format") != FORMAT:
        found = header.get("format", "no Pellucid mark")
        raise ArtifactError(f"{path}: expected a model of format {FORMAT}, got {found}")
    size = header.get("size")
    network = content[:size] if isinstance(size, int) else b""
    if header.get("sha256") != hashlib.sha256(network).hexdigest():
        raise ArtifactError(f"{path}: damaged model file, its network does not match its digest")
    return network, make_card(path, header.get("card"))


def _field(key: int, content: bytes) -> bytes:
    """A protobuf field of bytes: key, size, content."""
    return bytes([key]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits a byte, lowest first, the eighth set on all but the last."""
    digits = []
    while number > 127:
        digits.append(number & 127 | 128)
        number >>= 7
    return bytes([*digits, number])


def _text(field: bytes) -> str:
    """The content of a field that ends the file: behind its key, and its size's last byte."""
    start = next((place for place, byte in enumerate(field[1:], 2) if byte < 128), len(field))
    return field[start:].decode("utf-8", "replace")
