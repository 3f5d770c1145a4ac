"""`pellucid lab pieces` from nothing to a page, on from where it stopped, and interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from command import fails, pellucid
from pellucid.cli.lab_pieces import PARTS, SEEDS, STEPS
from pellucid.lab.pieces import experiment, tasks

SMALL = ["--seeds", 1, "--steps", 4]


def lab(*words: object) -> str:
    done = pellucid("lab", "pieces", *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lab") / "docs"
    told = lab("--out", out, *SMALL)
    assert told.splitlines()[-1].endswith("; 0 left, about 0.0 minutes")
    return out / "pieces.md"


def test_the_commands_defaults_are_the_tasks() -> None:
    assert tasks.Effort() == tasks.Effort(SEEDS, STEPS)
    assert {task.part for task in tasks.tasks(tasks.Effort())} == set(PARTS)


def test_lab_lists_its_experiments() -> None:
    done = pellucid("lab", "--help")
    assert "recurrent" in done.stdout
    assert "pieces" in done.stdout


def test_a_page_has_every_part_and_figures_carry_the_command(page: Path) -> None:
    text = page.read_text()
    command = "pellucid lab pieces --out docs --seeds 1 --steps 4"
    assert f"`{command}`" in text
    for part in PARTS:
        assert f"(pieces-{part}.png)" in text
        with Image.open(page.with_name(f"pieces-{part}.png")) as picture:
            assert picture.info["Description"] == command
    assert "2-4-4-4-4-1: 256" in text
    assert "it turns back 0 times" in text
    assert "and 0 of them\nencoded their curve" in text


def test_done_tasks_are_not_done_again(page: Path) -> None:
    journal = page.with_name("pieces.jsonl")
    before, text = journal.read_bytes(), page.read_text()
    assert lab("--out", page.parent, *SMALL) == ""
    assert journal.read_bytes() == before
    assert page.read_text() == text
    fails(1, "move it away", "lab", "pieces", "--out", page.parent, "--seeds", 2)


@pytest.mark.parametrize("done", [0, 1, 5, 20, -9])
def test_a_page_can_be_made_at_any_time(page: Path, tmp_path: Path, done: int) -> None:
    rows = page.with_name("pieces.jsonl").read_text().splitlines()
    (tmp_path / "pieces.jsonl").write_text("\n".join(rows[: done + 1 or None]) + "\n")
    effort = tasks.Effort(1, 4)
    journal = experiment.open_journal(tmp_path, effort)
    text = experiment.write_page(tmp_path, journal, effort, "pellucid lab pieces").read_text()
    figures = {row["part"] for row in journal.rows}
    assert {part for part in PARTS if f"(pieces-{part}.png)" in text} == figures
    assert {path.stem for path in tmp_path.glob("*.png")} == {f"pieces-{p}" for p in figures}


def test_an_interrupted_run_leaves_what_was_done_and_goes_on(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pellucid.cli", "lab", "pieces", "--out", str(tmp_path)]
    words += ["--only", "counts", "--seeds", "2"]
    running = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stderr is not None
    for _ in range(6):
        assert running.stderr.readline().startswith("counts, ")
    running.send_signal(signal.SIGINT)
    running.communicate()
    assert running.returncode == 130
    rows = (tmp_path / "pieces.jsonl").read_text().splitlines()
    assert len(rows) >= 7
    assert "| 2-8-1 |" in (tmp_path / "pieces.md").read_text()
    assert (tmp_path / "pieces-counts.png").stat().st_size > 5000
    told = lab("--out", tmp_path, "--only", "counts", "--seeds", 2)
    assert len(told.splitlines()) == 1 + 4 + 2 * len(tasks.WIDTHS) - len(rows)
    names = [json.loads(row).get("name") for row in
             (tmp_path / "pieces.jsonl").read_text().splitlines()]  # fmt: skip
    assert len(names) == len(set(names)) == 1 + 4 + 2 * len(tasks.WIDTHS)
