"""How much data is enough: small trainings on shares of made-up pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from pellucid.training.efficiency import SHARES, Trial, draw, run, table
from pellucid.training.recipe import read_recipe
from pellucid.training.run import Place

RECIPE = Path(__file__).parents[2] / "recipes" / "video-lite.toml"
SMALL = replace(
    read_recipe(RECIPE), width=3, depth=1, still_takes=1, clip_takes=1, batch=1, steps=4
)


def ignore(*anything: object) -> None:
    """Take a report and do nothing."""


def test_every_share_is_tried_once_and_kept(pictures: Path, tmp_path: Path) -> None:
    told: list[Trial] = []
    trials = run(SMALL, Place((pictures,), tmp_path), 1, ignore, told.append)
    assert [trial.share for trial in trials] == list(SHARES)
    assert told == list(trials)
    assert run(SMALL, Place((pictures,), tmp_path), 1, ignore, told.append) == trials
    assert len(told) == len(SHARES)


def test_the_table_gives_mean_and_spread(tmp_path: Path) -> None:
    trials = [Trial(0.1, seed, {"stills": 0.5 + seed, "clips": 1.0}) for seed in (1, 2, 3)]
    assert "| 10% | +2.500 ± 0.816 dB | +1.000 ± 0.000 dB |" in table(trials)
    draw(trials, tmp_path / "data.png")
    with Image.open(tmp_path / "data.png") as drawn:
        assert drawn.width > 500
