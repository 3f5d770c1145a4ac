"""A journal keeps what is done, and takes no other experiment's for its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.errors import RecipeError
from pellucid.lab.journal import Journal


def test_rows_are_there_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    journal = Journal(path, {"size": 3})
    assert not path.exists()
    journal.add({"x": 1})
    journal.add({"x": [2.5]})
    assert Journal(path, {"size": 3}).rows == [{"x": 1}, {"x": [2.5]}] == journal.rows


def test_another_head_and_damage_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    Journal(path, {"size": 3}).add({"x": 1})
    with pytest.raises(RecipeError, match=r"expected .*4\}, got .*3\}"):
        Journal(path, {"size": 4})
    for damage, why in (("{", "no JSON"), ("3", "expected objects")):
        path.write_text(path.read_text() + damage)
        with pytest.raises(RecipeError, match=why):
            Journal(path, {"size": 3})
        path.write_text(path.read_text().removesuffix(damage))
