"""Which file a voice model's name stands for."""

from __future__ import annotations

from pathlib import Path

from pellucid.artifact import SHIPPED
from pellucid.audio.model import SUFFIX
from pellucid.errors import ArtifactError


def shipped_voices() -> dict[str, Path]:
    """The voice models inside the package: name, such as "denoise-standard", to path."""
    return {path.stem: path for path in sorted(SHIPPED.glob(f"*{SUFFIX}"))}


def find_voice(kind: str, name: str) -> Path:
    """The file of a shipped model of a kind, or of a path. Raises ArtifactError for neither."""
    shipped, path = shipped_voices(), Path(name)
    if f"{kind}-{name}" in shipped:
        return shipped[f"{kind}-{name}"]
    if path.is_file():
        return path
    names = ", ".join(n.removeprefix(f"{kind}-") for n in shipped if n.startswith(kind))
    raise ArtifactError(f"{name}: no such model file, and not one of the shipped models: {names}")
