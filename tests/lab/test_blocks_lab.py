"""Timing blocks and kernels: what is counted, what is written, and no word of how long it took."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from PIL import Image

from command import pellucid
from pellucid.lab.blocks.outcome import Measured, Run, paper_ratios, run_of
from pellucid.lab.blocks.page import page
from pellucid.lab.blocks.problem import INT8, WINDOWS, blocks, windows
from pellucid.lab.compress.arms import NARROW
from pellucid.training.nets.light import BLOCKS, FOLDING
from pellucid.video.integer import MAX_CHANNELS


def test_the_talks_arithmetic_of_kernels_is_that_of_the_macs() -> None:
    found = tuple(Measured(one.name, one.macs, one.parameters, 1.0, 1.0, 1.0) for one in windows())
    assert {one.name for one in found} == set(WINDOWS)
    ratios = {pair: macs for pair, macs, _ in paper_ratios(found)}
    assert ratios == {
        "two 3x3 against 5x5": pytest.approx(18 / 25),
        "three 3x3 against 7x7": pytest.approx(27 / 49),
        "3x3 against 5x5": pytest.approx(9 / 25),
        "3x3 against 7x7": pytest.approx(9 / 49),
        "1x1 against 3x3": pytest.approx(1 / 9),
    }


def test_every_block_is_timed_and_what_folds_is_the_plain_one() -> None:
    timed = {one.name: one for one in blocks()}
    assert timed.keys() == {*(set(BLOCKS) - set(FOLDING)), "plain", NARROW, INT8}
    assert timed["plain"].macs == timed[INT8].macs == timed["binary"].macs
    assert timed["separable"].macs < timed["plain"].macs / 3
    assert MAX_CHANNELS >= 32
    for one in timed.values():
        one.run()


def test_a_run_comes_back_from_json_and_the_page_tells_the_load() -> None:
    one = Measured("plain", 100, 10, 2.0, 1.5, 1.0)
    all_windows = tuple(
        Measured(name, 10 * sum(side**2 for side in sides), 10, 1.0, 1.0, 1.0)
        for name, sides in WINDOWS.items()
    )
    run = Run((one,), all_windows, (0.5, 1.25))
    assert run_of(json.loads(json.dumps(asdict(run)))) == run
    told = page(run, "pellucid lab blocks", "a machine")
    assert "0.5 before, 1.2 after" in told
    assert "| two 3x3 against 5x5 | 0.72 | 18/25 |" in told


def test_the_command_writes_a_page_a_figure_and_numbers(tmp_path: Path) -> None:
    out = tmp_path / "docs"
    done = pellucid("lab", "blocks", "--out", out, "--rounds", 1)
    assert done.returncode == 0, done.stderr
    found = run_of(json.loads((out / "blocks.json").read_text()))
    assert [one.ratio for one in (found.blocks[0], found.windows[0])] == [1, 1]
    assert all(one.milliseconds > 0 for one in (*found.blocks, *found.windows))
    assert "pellucid lab blocks --out docs --rounds 1" in (out / "blocks.md").read_text()
    with Image.open(out / "blocks.png") as drawn:
        assert drawn.width > 900
