"""A folder of an export stands whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.errors import MediaError
from pellucid.export.writing import files_in, whole_folder


def fill(target: Path, text: str, overwrite: bool = False) -> None:
    with whole_folder(target, overwrite) as folder:
        (folder / "card.json").write_text(text)
        (folder / "inside").mkdir()
        (folder / "inside" / "weights").write_bytes(b"12345")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_export_leaves_what_was_there(
    error: type[BaseException], tmp_path: Path
) -> None:
    def interrupted(overwrite: bool) -> None:
        with whole_folder(tmp_path / "made", overwrite) as folder:
            (folder / "half").write_text("half")
            raise error

    with pytest.raises(error):
        interrupted(overwrite=False)
    assert list(tmp_path.iterdir()) == []
    fill(tmp_path / "made", "old")
    with pytest.raises(error):
        interrupted(overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert (tmp_path / "made" / "card.json").read_text() == "old"


def test_replacing_leaves_the_new_alone(tmp_path: Path) -> None:
    fill(tmp_path / "made", "old")
    fill(tmp_path / "made", "new", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert (tmp_path / "made" / "card.json").read_text() == "new"


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for target in (tmp_path / "file", tmp_path / "no" / "made"):
        with pytest.raises(MediaError, match=r"exists already|does not exist"):
            fill(target, "x", overwrite=True)


def test_files_are_listed_however_deep(tmp_path: Path) -> None:
    fill(tmp_path / "made", "x")
    files = files_in(tmp_path / "made")
    assert list(files) == ["card.json", "inside/weights"]
    assert files["inside/weights"]["bytes"] == 5
