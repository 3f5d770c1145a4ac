"""The laboratory of `vivid`: arms, judges, verdicts, and the page they make."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from command import pellucid
from pellucid.bench import suite
from pellucid.lab.vivid import ablation, crops, experiment, scores
from pellucid.lab.vivid.arms import ARMS, arm_of
from pellucid.lab.vivid.page import page
from pellucid.lab.vivid.verdicts import estimate, paired, spread_ratio
from pellucid.training.adversarial import textures as textures_module
from pellucid.training.adversarial.moments import make_moments
from pellucid.training.adversarial.pictures import GAP, TITLE
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
    "largest": 1.0, "coverage": 0.8,
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
    told = page(rows, asdict(RECIPE), "a test", "a machine", [])
    assert "| all: rank of J is higher | 1.000 ± 0.000 | **holds** |" in told
    assert "| all: diversity is higher | 0.000 ± 0.000 | **fails** |" in told


def test_less_spread_is_told_with_an_interval() -> None:
    calm, wild = estimate([1.0, 2.0, 3.0]), estimate([10.0, 20.0, 30.0])
    ratio = spread_ratio(calm, wild, 3)
    assert ratio is not None
    assert ratio[1] == pytest.approx(0.1)
    # F of 2 and 2 degrees of freedom has the closed form x / (1 + x); 0.975 of it lies below 39.
    assert ratio == pytest.approx((0.1 / 39**0.5, 0.1, 0.1 * 39**0.5))
    assert spread_ratio(calm, estimate([5.0]), 3) is None


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
    assert scores.flip(truth, truth) == 0
    assert 0.02 < scores.flip(truth, soft) < 1


@pytest.mark.parametrize("kind", ["calls", "stills"])
def test_the_worst_places_come_worst_first(
    kind: str, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crops, "SIDE", 80)  # nine tiles
    monkeypatch.setattr(crops, "OF_A_PICTURE", 3)
    calm, _, vivid = scores.ours("vivid")
    sources = find_sources((pictures,))
    if kind == "calls":
        seen = [crops.views_of_call(clip, calm, vivid, 300) for clip in sources.clips]
    else:
        seen = [crops.views_of_still(still, calm, vivid) for still in sources.stills[:1]]
    crops.draw_worst(seen, calm, vivid, tmp_path / "worst.png")
    drawn = np.asarray(Image.open(tmp_path / "worst.png"))
    rows = [drawn[TITLE + k * (80 + GAP) :][:80] for k in range(3)]
    assert len(drawn) == TITLE + 3 * (80 + GAP)
    cells = [[row[:, c * (80 + GAP) :][:, :80] for c in range(4)] for row in rows]
    apart = [scores.feature_distance(cell[3], cell[2]) for cell in cells]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] > 0


def test_what_is_done_is_not_done_again_and_stands_on_the_page(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textures_module, "STEPS", 20)
    monkeypatch.setattr(scores, "RATES", (300,))
    monkeypatch.setattr(scores, "MOST_STILLS", 1)
    monkeypatch.setattr(crops, "SIDE", 80)
    sources = find_sources((pictures,))
    moments = make_moments(pictures_of(SMALL, PICTURES), sources, tmp_path, ignore)
    plan = ablation.Plan(SMALL, ("supervised", "GAN"), 1, 2)
    files = experiment.Files(tmp_path / "out")
    journal = ablation.open_journal(files.log, plan, moments)
    told: list[str] = []
    experiment.train(journal, plan, moments, told.append)
    assert told == ["supervised, seed 1; 1 left", "GAN, seed 1; 0 left"]
    again = ablation.open_journal(files.log, plan, moments)
    assert ablation.missing(again, plan) == []
    tests = suite.Tests(sources.clips, (sources.stills[0].parent,))
    judging = experiment.Judging(scores.ours("lite"), (), tests, ("x264",))
    experiment.judge(again, judging, files, told.append)
    text = experiment.write_page(files, again, plan, "a test").read_text("utf-8")
    for line in ("| bicubic |", "| lite 0.5 |", "| GAN |", "1 pictures**", "VMAF-NEG"):
        assert line in text
    for name in ("vivid-crops.png", "vivid-worst.png", "vivid-worst-stills.png"):
        assert f"]({name})" in text


def test_trainings_alone_tell_their_weights() -> None:
    rows = [arm_row(arm, seed, psnr=30.0 + seed) for arm in ("GAN", "all") for seed in (1, 2)]
    told = page(rows, asdict(RECIPE), "a test", "a machine", [])
    assert told.startswith("# The critics of vivid, recipe critics")
    assert f"adversarial {RECIPE.adversarial:g}" in told
    assert "| all: PSNR, dB, less spread from seed to seed | 1.00 times (0.04 to 25.45)" in told
    assert "| all: PSNR, dB is higher | 0.000 ± 0.000 | **fails** |" in told


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
