"""A file of finished trials, a line of JSON each, so that an interrupted experiment goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pellucid.errors import RecipeError

Row = dict[str, Any]


class Journal:
    """Rows on top of a head, which says what they are of.

    Raises RecipeError when the file is damaged, or when the head of another experiment is there.
    """

    def __init__(self, path: Path, head: Mapping[str, Any]) -> None:
        self._path, self._head = path, json.loads(json.dumps(dict(head)))
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        found = [_parsed(path, line) for line in lines]
        if found and found[0] != self._head:
            raise RecipeError(f"{path}: expected {self._head}, got {found[0]}; move it away")
        self.rows = found[1:]

    def add(self, row: Row) -> None:
        """Keep a row, on disk at once."""
        text = "" if self._path.exists() else json.dumps(self._head) + "\n"
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text + json.dumps(row, allow_nan=False) + "\n")
        self.rows.append(row)


def _parsed(path: Path, line: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise RecipeError(f"{path}: a line is no JSON: {line[:40]}") from error
    if not isinstance(row, dict):
        raise RecipeError(f"{path}: expected objects, got {line[:40]}")
    return row
