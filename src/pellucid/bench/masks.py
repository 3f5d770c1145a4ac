"""Recorded losses: which packets of 20 ms did not come, as files hold it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pellucid.errors import MediaError

Lost = npt.NDArray[np.bool_]

PACKET_MS = 20
# The name of a class of bursts, the fewest and the most packets of 20 ms.
BURSTS = {"20 ms": (1, 1), "40-60 ms": (2, 3), "80-120 ms": (4, 6), "longer": (7, 10**9)}


def read_masks(paths: Iterable[Path]) -> list[Lost]:
    """All masks of the files, and of the files below the folders.

    A .csv has a column `mask` of 0s and 1s, 1 being lost; a .txt holds them alone. Raises
    MediaError for other contents.
    """
    found: list[Lost] = []
    for path in sorted(file for each in paths for file in _files(each)):
        texts = _rows(path) if path.suffix == ".csv" else ["".join(path.read_text().split())]
        found += [_mask(path, text) for text in texts]
    return found


def bursts(lost: Lost) -> list[tuple[int, int]]:
    """First packet and number of packets of each run of losses."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]])))
    return [(int(start), int(end - start)) for start, end in edges.reshape(-1, 2)]


def only(lost: Lost, fewest: int, most: int) -> Lost:
    """The losses of a mask whose bursts have so many packets."""
    kept = np.zeros_like(lost)
    for start, size in bursts(lost):
        if fewest <= size <= most:
            kept[start : start + size] = True
    return kept


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for suffix in ("csv", "txt") for file in path.rglob(f"*.{suffix}")]


def _rows(path: Path) -> list[str]:
    with path.open(newline="") as file:
        return [row.get("mask") or "" for row in csv.DictReader(file)]


def _mask(path: Path, text: str) -> Lost:
    if not text or set(text) - {"0", "1"}:
        raise MediaError(f"{path}: expected a mask of 0s and 1s, got {text[:20]!r}")
    return np.array([one == "1" for one in text])
