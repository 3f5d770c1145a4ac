"""An export is a folder that stands under its name whole, or not at all."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pellucid.errors import MediaError
from pellucid.media.atomic import TEMPORARY_PREFIX, write_error


@contextmanager
def whole_folder(target: Path, overwrite: bool = False) -> Iterator[Path]:
    """Yield an empty folder beside `target`; it becomes `target` when the block ends well.

    On any exception, Ctrl-C included, it is removed and what stood there stays as it was.
    Raises MediaError when `target` stands already, or cannot be written.
    """
    check_folder(target, overwrite)
    final = target.resolve()
    partial, old = (
        final.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}-{part}")
        for part in ("new", "old")
    )
    try:
        partial.mkdir()
        yield partial
        if final.exists():
            final.rename(old)
        partial.rename(final)
    except OSError as error:
        raise write_error(target, error) from error
    finally:
        if old.exists() and not final.exists():
            old.rename(final)
        for left in (partial, old):
            shutil.rmtree(left, ignore_errors=True)


def check_folder(target: Path, overwrite: bool = False) -> None:
    """Raise MediaError if `target` must not or cannot become a folder of ours."""
    if target.exists() and not (target.is_dir() and overwrite):
        advice = "choose another name" + (" or overwrite (--overwrite)" if target.is_dir() else "")
        raise MediaError(f"{target}: exists already; {advice}")
    if target.is_dir() and not _is_ours(target):
        raise MediaError(f"{target}: is not an export, so it is not replaced")
    if not target.resolve().parent.is_dir():
        raise MediaError(f"{target}: cannot be written, its folder does not exist")


def files_in(folder: Path) -> dict[str, dict[str, object]]:
    """Name to size and digest of each file, however deep, in order."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": digest_of(path),
        }
        for path in paths
    }


def digest_of(path: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_ours(folder: Path) -> bool:
    """Empty, or with a card in it."""
    return (folder / "card.json").is_file() or not any(folder.iterdir())
