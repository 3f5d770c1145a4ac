"""`pellucid lab transport` from nothing to a page, and on from where it was interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from command import COMMAND, pellucid
from pellucid.cli.lab_transport import ATOMS, POINTS, SEEDS, STEPS, VERTICES
from pellucid.lab.transport.outcome import JUDGES, judge
from pellucid.lab.transport.parts import PARTS, Size

SMALL = ["--atoms", 120, "--vertices", 150, "--points", 2000, "--steps", 8, "--seeds", 2]


def transport(*words: object) -> str:
    done = pellucid("lab", "transport", *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("transport") / "docs"
    told = transport("--out", out, *SMALL)
    assert [line.partition(":")[0] for line in told.splitlines()] == list(PARTS)
    assert "s left" in told
    return out


def test_the_commands_defaults_are_the_sizes() -> None:
    assert Size() == Size(ATOMS, VERTICES, POINTS, STEPS, SEEDS)


def test_each_part_has_numbers_a_figure_and_its_command(folder: Path) -> None:
    text = (folder / "transport.md").read_text()
    for part in PARTS:
        row = json.loads((folder / f"transport-{part}.json").read_text())
        assert row["seed"] == 1
        assert row["command"].startswith("pellucid lab transport --out docs --atoms 120")
        assert row["command"].endswith(f"--only {part}")
        assert f"`{row['command']}`" in text
        assert f"(transport-{part}.png)" in text
        assert (folder / f"transport-{part}.png").stat().st_size > 10_000
    assert "parts are done" not in text
    assert "**holds**" in text


def test_done_parts_are_not_done_again(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.suffix != ".md"}
    assert transport("--out", folder, *SMALL) == ""
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert transport("--out", folder, *SMALL, "--only", "surface", "--seed", 2).count("done") == 1
    assert "1 of 6 parts are done" in (folder / "transport.md").read_text()


def test_an_interrupted_experiment_leaves_what_is_done(tmp_path: Path) -> None:
    words = ["lab", "transport", "--out", tmp_path / "docs", "--only", "newton",
             "--only", "networks", "--steps", 10**6, "--vertices", 150]  # fmt: skip
    running = subprocess.Popen([*COMMAND, *map(str, words)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline().startswith("newton: done")
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate()
    assert running.returncode == 130
    assert "interrupted" in complaint
    names = {path.name for path in (tmp_path / "docs").iterdir()}
    assert names == {"transport-newton.json", "transport-newton.png", "transport.md"}
    assert "1 of 6 parts are done" in (tmp_path / "docs" / "transport.md").read_text()


def test_every_part_is_judged_and_bad_numbers_fail() -> None:
    assert set(JUDGES) == set(PARTS)
    row = {"atoms": 1000, "steps": 7, "seconds": 0.2, "residual": 1e-11}
    slow = row | {"seconds": 4.0}
    assert [one.verdict for one in judge({"newton": {"rows": [row, slow]}})] == ["holds", "fails"]
    even = {"variation": 0.1, "noise": 0.05, "head": 0.4}
    before = {"variation": 0.19, "noise": 0.05, "head": 0.01}
    numbers = {"surface": {"without": before, "with": even, "head area": 0.5}}
    assert [one.verdict for one in judge(numbers)] == ["fails", "fails"]
    assert [one.verdict for one in judge({"surface": {"without": before | {"variation": 0.3},
            "with": even, "head area": 0.39}})] == ["holds", "holds"]  # fmt: skip


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    done = pellucid("lab", "transport", "--out", tmp_path, "--only", "newtown")
    assert done.returncode == 2
    assert "no newtown there; parts: newton, " in done.stderr
    (tmp_path / "transport-newton.json").write_text("{")
    (tmp_path / "transport-newton.png").write_bytes(b"")
    done = pellucid("lab", "transport", "--out", tmp_path, "--only", "newton")
    assert done.returncode == 1
    assert "no JSON; move it away" in done.stderr


def test_the_lab_lists_its_experiments() -> None:
    told = pellucid("lab", "--help").stdout
    assert "recurrent" in told
    assert "transport" in told
