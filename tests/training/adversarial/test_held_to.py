"""Losses, textures, the recipe: what a generator is held to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pellucid.errors import RecipeError
from pellucid.training.adversarial import losses
from pellucid.training.adversarial.backbone import Backbone
from pellucid.training.adversarial.diagnostics import Health, collapse
from pellucid.training.adversarial.recipe import read_adversarial_recipe, sources_of
from pellucid.training.sources import Sources

VIVID = Path(__file__).parents[3] / "recipes" / "video-critics.toml"
WELL = Health(35.0, 34.0, 1.0, 1.2, 1.0, 0.5, 3.5, 0.9, 1.1, 0.9, 0.8)


def test_steady_counts_what_moves_where_the_truth_stands_still() -> None:
    truth = torch.zeros(2, 1, 4, 4)
    truth[1, :, :, 2:] = 0.5  # the right half moves
    made = torch.zeros(2, 1, 4, 4)
    made[1, :, :, :2] = 0.1
    made[1, :, :, 2:] = 0.9  # not counted
    torch.testing.assert_close(losses.steady(made, truth), torch.tensor(0.1))
    assert losses.steady(made, torch.stack([truth[0], truth[1] + 0.5])) == 0


def test_tangent_is_0_for_noise_that_moves_pixels_by_the_stretch() -> None:
    """Two codes that each move their own half of the pixels, so that J's columns are orthogonal."""
    side, stretch = losses.TANGENT_SIDE, 0.01
    halves = torch.zeros(2, 1, 2 * side, 2 * side)
    halves[0, :, :side] = halves[1, :, side:] = 2**0.5 * stretch

    def enlarge(low: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return torch.einsum("bk,kchw->bchw", z, halves)

    low, z = torch.zeros(3, 1, side + 8, side + 8), torch.rand(3, 2)
    torch.testing.assert_close(
        losses.tangent(enlarge, low, z, stretch), torch.tensor(0.0), atol=1e-5, rtol=0
    )
    assert losses.tangent(enlarge, low, z, 2 * stretch) > 0.5


def test_local_is_0_for_the_truth_and_noise_on_its_leash() -> None:
    low, high = torch.rand(2, 1, 8, 8), torch.rand(2, 1, 16, 16)
    seen, z = losses.Seen(low, high, high, None), torch.ones(2, 3)

    def on_leash(low: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return high + 0.01 * z.norm(dim=1)[:, None, None, None]

    def off_leash(low: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        return high + 0.05 * z.norm(dim=1)[:, None, None, None]

    assert losses.local(on_leash, seen, z, 0.01) < 1e-6
    assert losses.local(off_leash, seen, z, 0.01) > 1


def test_the_feature_distance_is_0_for_the_same_and_grows_with_blur() -> None:
    backbone = Backbone()
    torch.manual_seed(0)
    truth = torch.rand(1, 1, 64, 64)
    soft = torch.nn.functional.avg_pool2d(truth, 3, 1, 1)
    softer = torch.nn.functional.avg_pool2d(soft, 3, 1, 1)
    assert backbone.distance(truth, truth) == 0
    assert 0 < backbone.distance(soft, truth) < backbone.distance(softer, truth)


def test_a_collapse_is_told_and_health_is_not() -> None:
    recipe, _ = read_adversarial_recipe(VIVID)
    assert collapse(WELL, recipe, 1.0) == []
    (told,) = collapse(replace(WELL, diversity=0.001), recipe, 1.0)
    assert "hardly differ" in told
    ill = replace(WELL, diversity=0.0, rank=1.0, coverage=0.1)
    assert len(collapse(ill, recipe, 0.0)) == 4


def test_a_recipe_takes_the_same_stills_again_and_all_clips() -> None:
    recipe, pictures = read_adversarial_recipe(VIVID)
    stills = tuple(Path(f"{i}.png") for i in range(50))
    taken = sources_of(recipe, Sources(stills, (Path("a.mkv"),)))
    assert taken == sources_of(recipe, Sources(stills, (Path("a.mkv"),)))
    assert len(taken.stills) == np.ceil(50 * recipe.still_share)
    assert taken.clips == (Path("a.mkv"),)
    assert [one.seed for one in pictures] == [recipe.seed]


def test_a_recipe_that_cannot_train_is_refused_by_name() -> None:
    recipe, _ = read_adversarial_recipe(VIVID)
    for wrong in ({"patch": 50}, {"stretch": 0.0}, {"codes": 0}):
        with pytest.raises(RecipeError, match=next(iter(wrong))):
            replace(recipe, **wrong)


def test_structure_is_0_for_the_same_and_for_another_brightness_and_minds_blur() -> None:
    torch.manual_seed(0)
    truth = torch.nn.functional.interpolate(torch.rand(2, 1, 24, 24), scale_factor=4)
    assert losses.structure(truth, truth) < 3e-3  # the roots' tiny number
    assert losses.structure(truth + 0.1, truth) < 3e-3
    soft = torch.nn.functional.avg_pool2d(truth, 5, 1, 2)
    softer = torch.nn.functional.avg_pool2d(soft, 5, 1, 2)
    assert 0.01 < losses.structure(soft, truth) < losses.structure(softer, truth)
