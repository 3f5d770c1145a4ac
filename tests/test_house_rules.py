"""The shape of the code base, checked. Each rule names the reason it exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "pellucid"
FILES = sorted(PACKAGE.rglob("*.py"))
NATIVE = sorted((ROOT / "native").glob("*.?pp"))
# A room imports only from itself and from rooms to its left.
ROOMS = (
    "errors", "frames", "stream", "artifact", "_native", "media", "video", "audio", "outcome",
    "overlap", "voices", "listening", "pipeline", "doctor", "call", "bench", "training", "export",
    "lab", "cli",
)  # fmt: skip
TORCH_ROOMS = {"training", "export", "lab"}
MAX_FILE, MAX_FUNCTION = 400, 60
VAGUE = {"utils", "helpers", "manager", "base", "common", "misc"}
PUBLIC_FACE = PACKAGE / "__init__.py"  # names every room, and imports none until asked


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    """Dotted names of every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 20
    assert len(NATIVE) > 5
    assert {room_of(path) for path in FILES if path != PUBLIC_FACE} <= set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    """So that a reader never looks upwards to understand a file."""
    if path == PUBLIC_FACE:
        return
    own = ROOMS.index(room_of(path))
    for name in imported(path):
        if name.startswith("pellucid."):
            other = name.split(".")[1]
            assert ROOMS.index(other) <= own, f"{path.name} imports {name}, a room above it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_training_exports_and_the_lab_know_torch(path: Path) -> None:
    """So that running installs small and starts fast."""
    roots = {name.split(".")[0] for name in imported(path)}
    assert "torch" not in roots or room_of(path) in TORCH_ROOMS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_fit_on_a_screen_or_two(path: Path) -> None:
    """So that one file holds one idea, and one function one level of thought."""
    source = path.read_text()
    assert source.count("\n") <= MAX_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{path.name}:{node.lineno} {node.name}: {length} lines"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_for(path: Path) -> None:
    """So that a newcomer finds the room for a change at once."""
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, f"{path} opens without a sentence"
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", NATIVE, ids=lambda path: path.name)
def test_native_files_stay_short_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= MAX_FILE
    assert text.startswith("// "), f"{path.name} opens without a sentence"


def test_the_code_speaks_of_pictures_not_of_lr() -> None:
    """`lr` is both learning rate and low resolution; we write out which."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Name | ast.arg):
                name = node.id if isinstance(node, ast.Name) else node.arg
                assert name != "lr", f"{path.name}:{node.lineno}"


def test_no_two_test_files_share_a_name() -> None:
    """pytest would collect only one of them."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
