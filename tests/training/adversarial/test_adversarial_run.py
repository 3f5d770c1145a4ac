"""A whole training against critics in small: from pictures to a model file that runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import pellucid
from pellucid.artifact import find_model
from pellucid.errors import ArtifactError, RecipeError
from pellucid.lab.vivid.arms import ARMS, arm_of
from pellucid.training.adversarial import run as run_module
from pellucid.training.adversarial import textures as textures_module
from pellucid.training.adversarial.moments import Moments, make_moments
from pellucid.training.adversarial.recipe import pictures_of, read_adversarial_recipe
from pellucid.training.adversarial.run import part_of_the_way, train_adversarial, write_vivid
from pellucid.training.adversarial.train import Training
from pellucid.training.dataset import PATCH
from pellucid.training.recipe import read_recipe
from pellucid.training.run import Place, Provenance
from pellucid.training.sources import find_sources
from pellucid.video.model import CALM, load

VIVID_FILE = Path(__file__).parents[3] / "recipes" / "video-critics.toml"
VIVID, PICTURES = read_adversarial_recipe(VIVID_FILE)
ORIGIN = Provenance("made up", "none", "a test")
SMALL = replace(
    VIVID, still_share=1.0, clip_takes=1, start="lite", patch=32, batch=2, steps=6, codes=2,
    quantise_share=0.5, adversarial=0.1, temporal=0.1, penalty=1.0, local=0.1, tangent=0.01,
    latent=0.1,
)  # fmt: skip


def ignore(*anything: object) -> None:
    pass


@pytest.fixture(scope="module")
def moments(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Moments:
    cache = tmp_path_factory.mktemp("moments")
    return make_moments(pictures_of(SMALL, PICTURES), find_sources((pictures,)), cache, ignore)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textures_module, "STEPS", 20)
    monkeypatch.setattr(run_module, "REPORT_EVERY", 2)


def training(moments: Moments, **changes: float) -> Training:
    return Training(replace(SMALL, **changes), load(find_model("lite"))[0], moments)


def test_moments_are_two_frames_of_one_place(moments: Moments) -> None:
    assert moments.low.shape[1:] == (2, PATCH, PATCH)
    assert moments.high.shape[1:] == (2, 2 * PATCH, 2 * PATCH)
    apart = np.abs(moments.high[:, 0].astype(int) - moments.high[:, 1]).mean((1, 2))
    assert (apart > 0).any()  # the clip moves
    small = moments.high.reshape(-1, 2, PATCH, 2, PATCH, 2).mean((3, 5))
    assert np.abs(small - moments.low).mean() < 20  # and each frame is its own


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_trains_all_that_it_has(moments: Moments, arm: str) -> None:
    torch.set_num_threads(1)
    made = Training(arm_of(SMALL, arm, 1, 3), load(find_model("lite"))[0], moments)
    before = [p.clone() for p in made.generator.levels.parameters()]
    told = made.train_step()
    assert all(np.isfinite(value) for value in told.values())
    assert {name for name in ARMS["all"] if name != "penalty"} & told.keys() == {
        name for name in ARMS[arm] if name != "penalty"
    }
    after = list(made.generator.levels.parameters())
    assert any((a != b).any() for a, b in zip(before, after, strict=True))


def test_an_interrupted_training_ends_as_an_uninterrupted_one(
    moments: Moments, tmp_path: Path
) -> None:
    torch.set_num_threads(1)
    whole = training(moments)
    whole.run(ignore, 2)
    broken = training(moments)
    for _ in range(4):
        broken.train_step()
    broken.save(tmp_path / "c.pt")
    again = training(moments)
    again.load(tmp_path / "c.pt")
    again.run(ignore, 2)
    for one, other in zip(whole.averaged.parameters(), again.averaged.parameters(), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(RecipeError, match="another recipe"):
        training(moments, learning_rate=1e-5).load(tmp_path / "c.pt")


def test_codes_lead_where_the_law_says(moments: Moments) -> None:
    found = training(moments).textures
    noise, codes = found.draw(400, np.random.default_rng(0))
    assert noise.abs().max() <= textures_module.ROOT
    assert abs(float(noise.std()) - 1) < 0.1
    assert np.isfinite(codes.numpy()).all()
    atoms = torch.from_numpy(found.potential.atoms).float()
    back = found.noise_of(atoms)
    wanted = torch.from_numpy(2 * found.centres - 1).float() * textures_module.ROOT
    torch.testing.assert_close(back, wanted)
    assert abs(found.rarity.sum() - 1) < 1e-9
    assert abs(found.histogram(codes).sum() - 1) < 1e-9


def test_a_training_is_a_model_file_a_log_and_pictures(pictures: Path, tmp_path: Path) -> None:
    place = Place((pictures,), tmp_path / "run")
    made = train_adversarial(SMALL, pictures_of(SMALL, PICTURES), place, ignore, ignore)
    network, health, before_rounding = made
    assert abs(health.psnr - before_rounding) < 1
    rows = [json.loads(line) for line in (place.folder / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [2, 4, 6]
    assert rows[-1]["quantised"]
    assert all((place.folder / name).exists() for name in ("curves.png", "crops.png"))
    assert health.psnr > 10
    path = tmp_path / "vivid.safetensors"
    write_vivid(path, SMALL, network, ORIGIN, {})
    picture = np.random.default_rng(0).integers(0, 256, (12, 10)).astype(np.uint8)
    made = [pellucid.Upscaler(str(path), strength=s).upscale(picture) for s in (0.0, 0.5, 1.0)]
    np.testing.assert_array_equal(made[0], pellucid.Upscaler("lite").upscale(picture))
    assert (made[0] != made[2]).any()
    assert made[1].shape == (24, 20)
    again = tmp_path / "again.safetensors"
    write_vivid(again, replace(SMALL, start=str(path)), network, ORIGIN, {})
    assert load(again)[1].settings[CALM] == "lite"  # strength 0 stays where the first one began


def test_a_level_goes_its_own_share_of_the_way(moments: Moments) -> None:
    start = load(find_model("standard"))[0]
    recipe = replace(SMALL, start="standard", share=(0.0, 0.0, 0.5))
    made = Training(recipe, start, moments)
    levels = made.generator.level_of(torch.from_numpy(moments.traces[made._places]))
    assert set(levels.tolist()) == {2}
    for _ in range(2):
        made.train_step()
    shipped = part_of_the_way(made).network()
    kept = zip(start.networks, shipped.networks, strict=True)
    same = [
        all(np.array_equal(x.weight, y.weight) for x, y in zip(a.layers, b.layers, strict=True))
        for a, b in kept
    ]
    assert same[:2] == [True, True]
    whole = part_of_the_way(Training(replace(recipe, share=(1.0,)), start, moments))
    assert whole.network().networks[2].layers[0].weight.shape == (16, 1, 3, 3)
    with pytest.raises(RecipeError, match="share: expected 1 or 3 numbers"):
        Training(replace(recipe, share=(0.5, 0.5)), start, moments)


def test_places_of_several_recipes_stand_together(pictures: Path, tmp_path: Path) -> None:
    clean = read_recipe(VIVID_FILE.with_name("video-clean.toml"))
    recipes = pictures_of(SMALL, (*PICTURES, clean))
    sources = find_sources((pictures,))
    both = make_moments(recipes, sources, tmp_path, ignore)
    each = [make_moments([one], sources, tmp_path, ignore) for one in recipes]
    assert len(both.low) == sum(len(one.low) for one in each)
    np.testing.assert_array_equal(both.high[-1], each[1].high[-1])
    assert both.digest == f"{each[0].digest} {each[1].digest}"


def test_a_start_that_is_not_there_is_told_before_data_is_made(tmp_path: Path) -> None:
    recipe, place = replace(SMALL, start="runs/nowhere.safetensors"), Place((), tmp_path / "run")
    with pytest.raises(ArtifactError, match="nowhere"):
        train_adversarial(recipe, (), place, lambda done, total: None, lambda *told: None)
