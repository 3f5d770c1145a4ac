"""`pellucid lab collapse` from nothing to a page, on from where it stopped, and interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from command import COMMAND, fails, pellucid
from pellucid.cli.lab_collapse import ARMS, CRITIC_RATE, DATA, SEEDS, STEPS
from pellucid.lab.collapse import arms, experiment
from pellucid.lab.collapse.solver import Settings

SMALL = ["--seeds", 2, "--steps", 4, "--data", "two"]


def lab(*words: object) -> str:
    done = pellucid("lab", "collapse", *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lab") / "docs"
    lines = lab("--out", out, *SMALL, "--data", "digits", "--arm", "plain", "--arm", "local")
    assert [line.partition(":")[0] for line in lines.splitlines()] == [
        "two, plain", "two, local", "digits, plain", "digits, local",
    ]  # fmt: skip
    return out / "collapse.md"


def test_the_commands_choices_are_the_experiments() -> None:
    assert Settings() == Settings(SEEDS, STEPS, CRITIC_RATE)
    assert tuple(experiment.DATA) == DATA
    assert tuple(arms.ARMS) == ARMS


def test_a_page_has_its_numbers_figures_and_command(page: Path) -> None:
    text = page.read_text()
    command = "pellucid lab collapse --out docs --data two --data digits --arm plain --arm local"
    assert f"`{command} --seeds 2 --steps 4`" in text
    for name in ("two", "digits"):
        assert f"(collapse-{name}.png)" in text
        with Image.open(page.with_name(f"collapse-{name}.png")) as picture:
            assert picture.info["Description"].startswith(command)
        assert page.with_name(f"collapse-{name}.png").stat().st_size < 300_000
    head, *rows = map(json.loads, page.with_name("collapse.jsonl").read_text().splitlines())
    assert head == {"seeds": 2, "steps": 4, "critic_rate": CRITIC_RATE}
    assert [row["arm"] for row in rows] == ["truth", "plain", "local"] * 2
    assert all(len(row["scores"]) == 2 for row in rows if row["arm"] != "truth")
    assert text.count("| plain | ") == 2


def test_done_arms_are_not_done_again(page: Path) -> None:
    journal = page.with_name("collapse.jsonl")
    before = journal.read_bytes()
    assert lab("--out", page.parent, *SMALL, "--arm", "plain", "--arm", "local") == ""
    assert journal.read_bytes() == before
    assert lab("--out", page.parent, *SMALL, "--arm", "pacgan2").count("done") == 1
    assert journal.read_bytes().startswith(before)
    fails_at_once = ["lab", "collapse", "--out", page.parent, "--seeds", 3]
    fails(1, "move it away", *fails_at_once)


def test_an_interrupted_run_leaves_what_was_done(tmp_path: Path) -> None:
    words = ["lab", "collapse", "--out", tmp_path, "--data", "ring", "--arm", "plain",
             "--arm", "tangent", "--seeds", 1, "--steps", 40]  # fmt: skip
    running = subprocess.Popen([*COMMAND, *map(str, words)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline().startswith("ring, plain: done")
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate()
    assert running.returncode == 130
    assert "interrupted" in complaint
    assert "| plain | " in (tmp_path / "collapse.md").read_text()
    assert (tmp_path / "collapse-ring.png").stat().st_size > 10_000
    told = lab(*words[2:])
    assert [line.partition(":")[0] for line in told.splitlines()] == ["ring, tangent"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    done = pellucid("lab", "collapse", "--out", tmp_path, "--data", "rings")
    assert done.returncode == 2
    assert "'rings' is not one of 'ring', 'grid'" in done.stderr
    assert "collapse" in pellucid("lab", "--help").stdout
