"""Model files: weights in safetensors, with a card that says what they are and where from.

Layout: a safetensors file whose header metadata holds one string, "pellucid", a JSON object of
    "format"  the format's name, `FORMAT`
    "card"    the `Card`
    "sha256"  digest of the tensors, so that a flipped bit is an error and not a worse picture
One string, because safetensors writes several in no fixed order, and equal models should be
equal files.
Reading never executes anything from the file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from pellucid.errors import ArtifactError

FORMAT = "pellucid-model-1"
MARK = "pellucid"
SHIPPED = Path(__file__).parent / "models"
Tensors = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Card:
    """What a model is, what made it, what it costs, and how it measured.

    kind, parameters, macs, settings follow from the network; who packs it fills them in.
    parameters: weights and biases. macs: multiply-accumulates for `macs_for` (one 480x360
    picture for video networks). settings: what the reader of this `kind` needs besides tensors.
    data, data_licence: what it was trained on. command: the line that made it. scores: protocol
    name to measured values; empty when nothing was measured.
    """

    name: str
    summary: str
    data: str
    data_licence: str
    command: str
    licence: str = "Apache-2.0"
    kind: str = ""
    parameters: int = 0
    macs: int = 0
    macs_for: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Artifact:
    """A model file in memory: its card and its tensors by name."""

    card: Card
    tensors: Tensors


def write(path: Path, artifact: Artifact) -> None:
    """Write a model file, whole or not at all. The bytes depend on nothing but `artifact`."""
    tensors = {name: np.ascontiguousarray(value) for name, value in artifact.tensors.items()}
    header = {"format": FORMAT, "card": asdict(artifact.card), "sha256": _digest(tensors)}
    partial = path.with_suffix(".partial")
    partial.write_bytes(save(tensors, {MARK: json.dumps(header, sort_keys=True)}))
    partial.replace(path)


def read(path: Path) -> Artifact:
    """Read a model file.

    Raises ArtifactError when it is missing, damaged, not a Pellucid model, or too new.
    """
    text, tensors = _read_safetensors(path)
    header = parse_header(path, text)
    if header.get("format") != FORMAT:
        found = header.get("format", "no Pellucid mark")
        raise ArtifactError(f"{path}: expected a model of format {FORMAT}, got {found}")
    if header.get("sha256") != _digest(tensors):
        raise ArtifactError(f"{path}: damaged model file, its weights do not match their digest")
    return Artifact(make_card(path, header.get("card")), tensors)


def shipped_models() -> dict[str, Path]:
    """The models inside the package: name to path."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.safetensors"))}


def find_model(name: str) -> Path:
    """The file of a shipped model's name, or of a path. Raises ArtifactError for neither."""
    shipped = shipped_models()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.is_file():
        return path
    raise ArtifactError(
        f"{name}: no such model file, and not one of the shipped models: {', '.join(shipped)}"
    )


def _read_safetensors(path: Path) -> tuple[str, Tensors]:
    if not path.is_file():
        raise ArtifactError(f"{path}: no such model file")
    try:
        with safe_open(path, framework="numpy") as file:
            names = list(file.keys())
            tensors = {name: file.get_tensor(name) for name in names}
            return (file.metadata() or {}).get(MARK, "{}"), tensors
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise ArtifactError(f"{path}: not a readable model file ({error})") from error


def parse_header(path: Path, text: str) -> dict[str, Any]:
    """What a model file says of itself; empty when that is not an object."""
    try:
        header = json.loads(text)
    except ValueError as error:
        raise ArtifactError(f"{path}: its header cannot be read ({error})") from error
    return header if isinstance(header, dict) else {}


def make_card(path: Path, values: Any) -> Card:
    """A card from a header, keys of later versions left out. Raises ArtifactError."""
    try:
        known = {each.name for each in fields(Card)}
        return Card(**{key: value for key, value in values.items() if key in known})
    except (TypeError, AttributeError) as error:
        raise ArtifactError(f"{path}: its card cannot be read ({error})") from error


def _digest(tensors: Tensors) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
