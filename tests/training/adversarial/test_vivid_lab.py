"""The laboratory of `vivid`: arms, judges, verdicts, and the page they make."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from command import pellucid
from pellucid.bench import suite
from pellucid.lab.vivid import ablation, experiment, scores
from pellucid.lab.vivid.arms import ARMS, arm_of
from pellucid.lab.vivid.page import page
from pellucid.lab.vivid.verdicts import estimate, paired
from pellucid.training.adversarial import textures as textures_module
from pellucid.training.adversarial.moments import make_moments
from pellucid.training.adversarial.recipe import pictures_of, read_adversarial_recipe
from pellucid.training.sources import find_sources
from training.textures import texture

RECIPE_FILE = Path(__file__).parents[3] / "recipes" / "video-critics.toml"
RECIPE, PICTURES = read_adversarial_recipe(RECIPE_FILE)
SMALL = replace(
    RECIPE, still_share=1.0, clip_takes=1, start="lite", patch=32, batch=2, codes=2, adversarial=0.1
)
HEALTH = {
    "psnr": 30.0, "feature": 1.0, "flicker": 1.0, "diversity": 0.1, "rank": 2.0, "least": 0.5,
    "coverage": 0.8,
}  # fmt: skip


def ignore(*anything: object) -> None:
    pass


def arm_row(arm: str, seed: int, **health: float) -> dict[str, object]:
    head = {"kind": "arm", "arm": arm, "seed": seed, "steps": 9, "collapse": []}
    return head | {"health": HEALTH | health}


def test_an_interval_is_students() -> None:
    found = estimate([1.0, 2.0, 3.0])
    assert found.mean == 2
    assert found.spread == pytest.approx(1)
    assert found.within == pytest.approx(4.30 / 3**0.5)
    assert estimate([5.0]).within is None


def test_arms_are_paired_by_seed() -> None:
    rows = [arm_row("all", s, rank=2.0 + s) for s in (1, 2)]
    rows += [arm_row("GAN", s, rank=1.0 + s) for s in (2, 1)]
    found = paired(rows, "all", "GAN", "rank")
    assert found is not None
    assert (found.mean, found.within) == (1, 0)
    told = page(rows, "a test", "a machine", [])
    assert "| all: rank of J is higher | 1.000 ± 0.000 | **holds** |" in told
    assert "| all: diversity is higher | 0.000 ± 0.000 | **fails** |" in told


def test_an_arm_has_its_own_terms_and_no_others() -> None:
    for arm, terms in ARMS.items():
        made = arm_of(RECIPE, arm, 3, 7)
        assert (made.seed, made.steps, made.feature) == (3, 7, RECIPE.feature)
        for name in ARMS["all"]:
            assert getattr(made, name) == (getattr(RECIPE, name) if name in terms else 0)


def test_judges_like_the_truth_best_and_blur_least() -> None:
    truth = texture(3, 96)
    soft = np.repeat(np.repeat(truth[::2, ::2], 2, 0), 2, 1)
    assert scores.feature_distance(truth, truth) == 0
    assert scores.feature_distance(truth, soft) > 0.1
    assert scores.ssimulacra2(truth, truth) == pytest.approx(100)
    assert scores.ssimulacra2(truth, soft) < 90


def test_what_is_done_is_not_done_again_and_stands_on_the_page(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textures_module, "STEPS", 20)
    monkeypatch.setattr(scores, "RATES", (300,))
    sources = find_sources((pictures,))
    moments = make_moments(pictures_of(SMALL, PICTURES), sources, tmp_path, ignore)
    plan = ablation.Plan(SMALL, ("supervised", "GAN"), 1, 2)
    journal = ablation.open_journal(tmp_path / "out", plan, moments)
    told: list[str] = []
    experiment.train(journal, plan, moments, told.append)
    assert told == ["supervised, seed 1; 1 left", "GAN, seed 1; 0 left"]
    again = ablation.open_journal(tmp_path / "out", plan, moments)
    assert ablation.missing(again, plan) == []
    tests = suite.Tests(sources.clips, ())
    judging = experiment.Judging(scores.ours("lite"), (), tests, ("x264",))
    experiment.judge(again, judging, tmp_path / "out", told.append)
    text = experiment.write_page(tmp_path / "out", again, "a test").read_text("utf-8")
    for line in ("| bicubic |", "| lite 0.5 |", "| GAN |", "vivid-crops.png"):
        assert line in text


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--model", "vivid"], "--model and --test: expected both"),
        (["--test", "."], "--model and --test: expected both"),
        (["--peer", "other"], "--peers and --peer: expected --model"),
    ],
)
def test_nothing_that_is_asked_for_is_ignored(
    more: list[str], complaint: str, tmp_path: Path
) -> None:
    out = tmp_path / "docs"
    done = pellucid("lab", "vivid", RECIPE_FILE, "--data", tmp_path, "--out", out, *more)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert not out.exists()
