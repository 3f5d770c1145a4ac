"""The package that pages take is whole: its module is the C++'s, its models are those that ship."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pellucid.artifact import SHIPPED, shipped_models

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "src" / "pellucid" / "call" / "page" / "upscaler"
SCRIPTS = sorted(PACKAGE.glob("*.js"))


def test_the_module_is_what_the_sources_compile_to(tmp_path: Path) -> None:
    if not shutil.which("clang++-14") or not Path("/usr/lib/wasm32-wasi/libc.a").exists():
        pytest.skip("needs the compiler that native/wasm.sh names")
    subprocess.run([ROOT / "native" / "wasm.sh", tmp_path], check=True)
    made, shipped = (folder / "pellucid.wasm" for folder in (tmp_path, PACKAGE))
    assert made.read_bytes() == shipped.read_bytes(), "run native/wasm.sh on the package's folder"


def test_the_models_are_those_that_ship() -> None:
    names = sorted(path.name for path in (PACKAGE / "models").iterdir())
    assert names == [path.name for path in shipped_models().values()]
    for name in names:
        same = (PACKAGE / "models" / name).read_bytes() == (SHIPPED / name).read_bytes()
        assert same, f"copy models/{name} to the package's folder"


def test_every_file_is_packed() -> None:
    patterns = [
        *json.loads((PACKAGE / "package.json").read_text())["files"],
        "package.json",
        "README.md",
    ]
    assert len(SCRIPTS) > 10
    for path in PACKAGE.iterdir():
        assert any(fnmatch(path.name, pattern) for pattern in patterns), path.name


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_say_what_they_are_for_and_import_only_each_other(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("// ")
    assert text.count("\n") <= 300
    for imported in re.findall(r' from "(.*?)"', text) + re.findall(r'new URL\("(.*?)"', text):
        assert (PACKAGE / imported).exists(), imported


def test_the_types_name_what_the_module_exports() -> None:
    types = (PACKAGE / "index.d.ts").read_text()
    script = (PACKAGE / "pellucid.js").read_text()
    declared = set(re.findall(r"^export (?:function|class|const) (\w+)", types, re.MULTILINE))
    exported = set(
        re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", script, re.MULTILINE)
    )
    for names in re.findall(r"^export \{ (.*?) \}", script, re.MULTILINE):
        exported |= set(names.split(", "))
    assert len(exported) > 5
    assert declared == exported
