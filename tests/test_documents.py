"""What the documents say runs: README's commands and snippets, the examples, every command."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pellucid.cli import commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ARGUMENTS = {
    "clean_call.py": ["samples/call.wav"],
    "clear_echo.py": ["samples/call.mp4"],
    "enhance_file.py": ["samples/call.mp4", "{tmp}/clear.mp4"],
    "enlarge_array.py": [],
    "stream_frames.py": [],
}
SERVERS = ("serve", "worker")
LINES = {"clear_echo.py": 40}  # what a call needs more than the other examples' eight
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def shell_lines() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines()]


def runnable() -> list[str]:
    """README's `pellucid` lines, but those that need a training set of the reader's own, and those
    that serve until somebody ends them, which tests/call runs.
    """
    lines = [line for line in shell_lines() if line.startswith("pellucid ")]
    lines = [line for line in lines if line.split()[1] not in SERVERS]
    return [line for line in lines if not re.search(r"\b[A-Z]+_[A-Z_]+\b", line)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the samples, where README's commands run in their order."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "samples").symlink_to(ROOT / "samples")
    return desk


def test_readmes_commands_run(desk: Path) -> None:
    lines = runnable()
    assert len(lines) >= 3
    for line in lines:
        words = shlex.split(line)[1:]
        done = subprocess.run([sys.executable, "-m", "pellucid.cli", *words], cwd=desk, check=False)
        assert done.returncode == 0, line
    assert (desk / "clear.mp4").stat().st_size > 100_000
    assert (desk / "look.png").stat().st_size > 100_000


def test_readmes_snippets_run(desk: Path) -> None:
    snippets = blocks("python")
    assert len(snippets) >= 2
    for snippet in snippets:
        (desk / "clear.mp4").unlink(missing_ok=True)
        subprocess.run([sys.executable, "-W", "error", "-c", snippet], cwd=desk, check=True)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_run_and_are_short(path: Path, tmp_path: Path) -> None:
    words = [word.format(tmp=tmp_path) for word in ARGUMENTS[path.name]]
    subprocess.run([sys.executable, "-W", "error", str(path), *words], cwd=ROOT, check=True)
    code = [line for line in path.read_text().splitlines() if line and not line.startswith('"')]
    assert len(code) <= LINES.get(path.name, 8)


def test_every_command_and_option_explains_itself() -> None:
    assert len(commands.commands) >= 5
    for name, command in commands.commands.items():
        assert f"pellucid {name}" in README, f"README does not mention {name}"
        _check_help(command)


def _check_help(command: click.Command) -> None:
    assert command.help is not None, command.name
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _check_help(each)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{command.name} {parameter.name}"
        elif isinstance(parameter, click.Argument):
            assert parameter.make_metavar(click.Context(command)).strip("[].") in (
                command.help or ""
            )


def test_links_in_the_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("samples/*.md")]
    links = [
        (document, link)
        for document in documents
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text())
    ]
    assert len(links) > 5
    for document, link in links:
        assert (document.parent / link).exists(), f"{document.name} links to {link}"
