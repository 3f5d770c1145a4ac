"""Which files are media, judged by their suffix, and the media files of a folder."""

from __future__ import annotations

import os
from pathlib import Path

from pellucid.errors import MediaError

KINDS = {
    ".jpeg": "picture",
    ".jpg": "picture",
    ".png": "picture",
    ".webp": "picture",
    ".flac": "sound",
    ".m4a": "sound",
    ".mp3": "sound",
    ".ogg": "sound",
    ".opus": "sound",
    ".wav": "sound",
    ".3gp": "video",
    ".avi": "video",
    ".flv": "video",
    ".m2ts": "video",
    ".m4v": "video",
    ".mkv": "video",
    ".mov": "video",
    ".mp4": "video",
    ".mpeg": "video",
    ".mpg": "video",
    ".mts": "video",
    ".ogv": "video",
    ".ts": "video",
    ".webm": "video",
    ".wmv": "video",
}


def is_picture(path: str | Path) -> bool:
    """Say whether the name is a still picture's; the file is not opened."""
    return KINDS.get(Path(path).suffix.lower()) == "picture"


def is_sound(path: str | Path) -> bool:
    """Say whether the name is a sound file's; the file is not opened."""
    return KINDS.get(Path(path).suffix.lower()) == "sound"


def media_files(folder: str | Path) -> list[Path]:
    """List the videos, pictures and sounds below `folder`, sorted; hidden names are skipped.

    Links to folders are not followed. Raises MediaError when `folder` is not a readable folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MediaError(f"{folder}: no such folder")
    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_complain):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if _is_media(name)]
    return sorted(found)


def _is_media(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in KINDS


def _complain(error: OSError) -> None:
    raise MediaError(f"{error.filename}: cannot be listed, {error.strerror}") from error
