"""Writing a file all or nothing: under a temporary name beside the target, renamed at the end."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pellucid.errors import MediaError

# Hidden, so that file browsers and folder runs pass over it.
TEMPORARY_PREFIX = ".pellucid-"

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file grew past the size limit",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "its folder is not a folder",
    errno.ENAMETOOLONG: "the name is too long",
}


@contextmanager
def whole_file(target: Path, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside `target`; it becomes `target` when the block ends well.

    The temporary file has the target's suffix, exists and is empty. On any exception, Ctrl-C
    included, it is removed and what stood under `target` stays as it was. A target that is a
    link is written through the link.

    Raises MediaError when `target` cannot be written (see `check_target`) or the disk fails.
    """
    check_target(target, overwrite)
    temporary = _reserve(target)
    try:
        yield temporary
        _publish(temporary, target, overwrite)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def check_target(target: Path, overwrite: bool = False) -> None:
    """Raise MediaError if `target` must not or cannot be written."""
    try:
        _check_place(target, overwrite)
    except OSError as error:  # a folder that may not be entered, a name too long, ...
        raise write_error(target, error) from error


def check_not_source(target: Path, source: Path) -> None:
    """Raise MediaError if both paths name one file, also through links."""
    try:
        same = target.exists() and source.exists() and target.samefile(source)
    except OSError as error:
        raise write_error(target, error) from error
    if same:
        raise MediaError(f"{target}: is the source itself; choose another name for the output")


def write_error(target: Path, error: OSError) -> MediaError:
    """Say in one sentence why `target` could not be written; passes a MediaError on as it is."""
    if isinstance(error, MediaError):
        return error
    reason = REASONS.get(error.errno or 0, error.strerror or str(error))
    return MediaError(f"{target}: cannot be written, {reason}; nothing was kept")


def _check_place(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise MediaError(f"{target}: is a folder, expected the name of a file to write")
    if target.exists() and not target.is_file():
        raise MediaError(f"{target}: is not a regular file, so it cannot be replaced")
    if target.exists() and not overwrite:
        raise MediaError(
            f"{target}: exists already; choose another name or overwrite (--overwrite)"
        )
    if not target.resolve().parent.is_dir():
        raise MediaError(f"{target}: cannot be written, its folder does not exist")


def _reserve(target: Path) -> Path:
    final = target.resolve()
    # The suffix stays, because muxers are chosen by it.
    temporary = final.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}{final.suffix}")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise write_error(target, error) from error
    return temporary


def _publish(temporary: Path, target: Path, overwrite: bool) -> None:
    """Put the finished file under its name, unless somebody else wrote that name meanwhile."""
    try:
        _settle(temporary)
        _check_place(target, overwrite)
        temporary.replace(target.resolve())
    except OSError as error:
        raise write_error(target, error) from error


def _settle(path: Path) -> None:
    """Force the bytes to disk: some file systems report a full disk only here."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
