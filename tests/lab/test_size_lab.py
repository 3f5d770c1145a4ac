"""How small a network may be: the ladder, its pieces, its answer, and the command."""

from __future__ import annotations

import json
import re
from itertools import count, islice
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from command import fails, pellucid
from pellucid.cli.lab_size import RUNGS
from pellucid.lab.size.outcome import (
    Measured,
    best,
    doubling,
    sizes,
    smallest_near_best,
    smallest_with_half,
)
from pellucid.lab.size.page import page
from pellucid.lab.size.problem import LADDER, rungs
from pellucid.lab.size.solver import residual_of
from pellucid.training.nets.plain import SKIPS, PlainNet
from pellucid.training.recipe import read_recipe
from pellucid.training.sources import is_held_out
from training.textures import texture

RECIPE = Path(__file__).parents[2] / "recipes" / "ladder.toml"
SMALL = {"clip_takes": 1, "batch": 1, "patch": 24}


def test_the_ladder_goes_from_half_a_thousand_parameters_to_sixty_thousand() -> None:
    base = read_recipe(RECIPE)
    nets = [PlainNet(rung.recipe(base).shape) for rung in rungs([10], [1])]
    sizes = [sum(p.numel() for p in net.parameters()) for net in nets]
    assert len(LADDER) == RUNGS
    assert sizes == sorted(sizes)
    assert 300 < sizes[0] < 700
    assert 55_000 < sizes[-1] < 65_000


def test_the_residual_is_the_network_less_its_skip() -> None:
    torch.manual_seed(1)
    net = PlainNet(rungs([1], [1])[2].recipe(read_recipe(RECIPE)).shape)
    low = torch.rand(2, 1, 8, 8)
    residual = functional.pixel_shuffle(residual_of(net)(low.double()), 4)
    told = net(low, torch.zeros(2, 36)) - SKIPS[net.shape.skip](low)
    assert residual.abs().max() > 1e-3
    assert torch.allclose(residual.float(), told, atol=1e-5)


def made_up(parameters: int, gain: float, steps: int = 100, seed: int = 1) -> Measured:
    gains, width = {"stills": gain - 0.1, "clips": gain + 0.1}, parameters // 100
    return Measured(width, 2, steps, seed, parameters, 1000 * parameters, gains, 10.0, 30.0)


def told(found: list[Measured]) -> str:
    return page(sizes(found), "few pairs", "pellucid lab size", "a machine")


def test_the_answer_is_the_smallest_that_is_near_the_best() -> None:
    found = [made_up(500, 0.2), made_up(3000, 0.42), made_up(9000, 0.78), made_up(72000, 0.81)]
    (ladder,) = sizes(found).values()
    assert best(ladder).parameters == 72000
    assert smallest_near_best(ladder).parameters == 9000
    assert smallest_with_half(ladder).parameters == 3000
    assert doubling(*ladder[2:]) == pytest.approx(0.01)
    text = told(found)
    assert "from one seed on few pairs" in text
    assert "9,000 parameters come within 0.05 dB of it (+0.78 dB" in text
    assert "3,000 already have half of the gain" in text
    assert "+0.01 up to 72,000. The last buys less than" in text
    assert "sets no size" in told([*found[:3], made_up(72000, 1.2)])


def test_nothing_is_answered_where_nothing_was_gained() -> None:
    worse = [made_up(500, -2.0), made_up(3000, -1.0)]
    (ladder,) = sizes(worse).values()
    assert smallest_with_half(ladder).parameters == 3000
    assert "no network of the ladder is better" in told(worse)


def test_seeds_are_averaged_and_lengths_told_apart() -> None:
    found = [made_up(500, 0.2), made_up(500, 0.4, seed=2), made_up(500, 0.5, steps=200)]
    by_steps = sizes(found)
    assert list(by_steps) == [100, 200]
    assert by_steps[100][0].gain == pytest.approx(0.3)
    text = told(found)
    assert "| +0.200 ± 0.100 | +0.400 ± 0.100 |" in text
    assert "What 200 steps buy over 100, in dB: +0.20 for 500." in text


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    text = RECIPE.read_text()
    for key, value in SMALL.items():
        text, changed = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert changed == 1
    (tmp_path / "small.toml").write_text(text)
    return tmp_path / "small.toml"


@pytest.fixture
def enough(pictures: Path, tmp_path: Path) -> Path:
    """With stills whose names hold them out."""
    folder = tmp_path / "enough"
    folder.mkdir()
    for path in pictures.iterdir():
        (folder / path.name).symlink_to(path)
    names = (Path(f"still-{index}.png") for index in count())
    for seed, name in enumerate(islice(filter(is_held_out, names), 8)):
        rgb = np.stack([texture(50 + 3 * seed + channel) for channel in range(3)], axis=2)
        Image.fromarray(rgb).save(folder / name)
    return folder


def test_the_command_trains_counts_and_goes_on(enough: Path, recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "docs"
    words = ["lab", "size", recipe, "--data", enough, "--run", tmp_path / "run", "--out", out]
    words += ["--steps", 2]
    done = pellucid(*words, "--rungs", 1)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("; 0 left, about 0 minutes") == 1
    done = pellucid(*words, "--rungs", 2)
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == 1
    rows = [json.loads(line) for line in (out / "size.jsonl").read_text().splitlines()][1:]
    assert [row["parameters"] for row in rows] == sorted({row["parameters"] for row in rows})
    assert all(row["on_segments"] >= 1 and row["on_planes"] >= 1 for row in rows)
    assert max(row["on_planes"] for row in rows) > 1
    text = (out / "size.md").read_text()
    assert "--out docs --steps 2 --rungs 2` on" in text
    done = pellucid(*words, "--steps", 1, "--seeds", 2, "--rungs", 1)
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == 3  # one with two steps, two with one, are new
    text = (out / "size.md").read_text()
    assert "--steps 2 --steps 1 --seeds 2 --rungs 1` on" in text
    assert "After 1 steps" in text
    assert text.count("\n| 2 x 1 |") == 2
    assert text.count("\n| 4 x 1 |") == 1
    with Image.open(out / "size.png") as picture:
        assert "lab size small.toml" in picture.info["Description"]
    (tmp_path / "nothing").mkdir()
    fails(1, "no still and no clip", "lab", "size", recipe, "--data", tmp_path / "nothing",
          "--run", tmp_path / "run", "--out", out)  # fmt: skip
