"""`pellucid lab recurrent` from sounds to a page, and on from where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import fails, pellucid
from pellucid.cli.lab import HELD_OUT, MIXTURES, STEPS
from pellucid.lab.recurrent.arms import ARMS
from pellucid.lab.recurrent.problem import Size
from training.voice.conftest import sounds

__all__ = ["sounds"]
SMALL = ["--mixtures", 8, "--steps", 2, "--seeds", 2]
TWO = ["--only", "gru", "--only", "sru"]


def lab(*words: object) -> str:
    done = pellucid("lab", "recurrent", *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def page(sounds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lab") / "docs"
    told = lab("--data", sounds, "--out", out, *SMALL, *TWO)
    assert told.count("seed") == 4
    return out / "recurrent.md"


def test_the_commands_defaults_are_the_tasks() -> None:
    assert Size() == Size(MIXTURES, MIXTURES // HELD_OUT, STEPS)


def test_a_page_has_verdicts_costs_and_pictures(page: Path) -> None:
    text = page.read_text()
    assert "--out docs --only 'gru' --only 'sru' --seeds 2 --mixtures 8 --steps 2` on" in text
    row = next(line for line in text.splitlines() if line.startswith("| An SRU's step"))
    assert "| sru / gru |" in row
    assert "| 5,976 / 11,832 |" in row
    assert text.index("## Units") < text.index("## Where the guide is wrong here")
    assert "the ratio is 0.25" in text
    assert f"4 of {2 * len(ARMS)} trainings are done; the same command does the rest" in text
    for name in ("differences", "rates", "optimisers"):
        assert (page.parent / f"recurrent-{name}.png").stat().st_size > 10_000
        assert f"(recurrent-{name}.png)" in text


def test_done_trainings_are_not_done_again(page: Path, sounds: Path, tmp_path: Path) -> None:
    journal = page.with_name("recurrent.jsonl")
    before, text = journal.read_bytes(), page.read_text()
    # Nothing is missing, so no sound is needed.
    lab("--data", tmp_path, "--out", page.parent, *SMALL, *TWO)
    assert journal.read_bytes() == before
    assert page.read_text() == text.replace(sounds.name, tmp_path.name)
    (tmp_path / "docs").mkdir()
    rows = before.decode().splitlines()
    trials = [n for n, row in enumerate(rows) if "trial" in json.loads(row)]
    del rows[trials[-1]]
    (tmp_path / "docs" / "recurrent.jsonl").write_text("\n".join(rows) + "\n")
    told = lab("--data", sounds, "--out", tmp_path / "docs", *SMALL, *TWO)
    assert told.count("seed") == 1
    assert (tmp_path / "docs" / "recurrent.md").read_text() == text


def test_no_time_is_a_page_without_trainings(page: Path, sounds: Path, tmp_path: Path) -> None:
    words = ["--data", sounds, *SMALL, "--only", "gru", "--minutes", 0]
    assert lab(*words, "--out", tmp_path / "docs") == ""
    assert "over no paired seeds" in (tmp_path / "docs" / "recurrent.md").read_text()


def test_what_is_wrong_is_one_clear_line(page: Path, tmp_path: Path) -> None:
    words = ["lab", "recurrent", "--data", tmp_path]
    out = ["--out", tmp_path / "docs"]
    fails(1, "too few sound files in speech/ to train on", *words, *out)
    done = pellucid(*words, *out, "--only", "gruu")
    assert done.returncode == 2
    assert "no gruu there; arms: gru, " in done.stderr
    fails(1, "move it away", *words, "--out", page.parent, "--mixtures", 16)
