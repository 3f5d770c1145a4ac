"""A recipe is small, complete and without typos, or it is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.errors import RecipeError
from pellucid.training.adversarial.recipe import (
    AdversarialRecipe,
    is_adversarial,
    read_adversarial_recipe,
)
from pellucid.training.reading import MAX_LINES
from pellucid.training.recipe import Recipe, read_recipe

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("video-*.toml"))
STANDARD = next(path for path in RECIPES if path.name == "video-standard.toml")


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_are_read(path: Path) -> None:
    if is_adversarial(path):
        recipe: Recipe | AdversarialRecipe = read_adversarial_recipe(path)[0]
    else:
        recipe = read_recipe(path)
    assert recipe.name == path.stem.removeprefix("video-")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("batch =", "batchz =", "unknown key batchz; the keys are"),
        ("seed = 1\n", "", "missing key seed"),
        ("batch = 4", "batch = 0", "batch: expected 1"),
        ("clean_share = ", "clean_share = 1", "clean_share: expected 0..1"),
        ('skip = "bilinear"', 'skip = "cubic"', "skip: expected one of nearest, bilinear"),
        ("crf = [20, 42]", "crf = [22]", "crf: expected two rising numbers"),
        ("crf = [20, 42]", "crf = [22, 99]", "crf: expected two rising numbers in 0..51"),
        ("levels = 3", "levels = 1", "level_steps: expected 0 where there is one level"),
        ('loss = "charbonnier"', 'loss = "l1"', "loss: expected one of charbonnier, decibel"),
        ("strength = [1.2, 1.1, 1.1]", "strength = [1, 1]", "strength: expected 1 or 3 numbers"),
        ("strength = [1.2, 1.1, 1.1]", "strength = [2.1]", "strength: expected 1 or 3 numbers"),
        ("strength = [1.2, 1.1, 1.1]", "strength = 1.2", "strength: expected"),
        ("patch = 64", "patch = 200", "patch: expected 24..128"),
        ("learning_rate = 3e-3", "learning_rate = nan", "learning_rate: expected"),
        ('name = "standard"', 'name = "../up"', "name: expected a plain word"),
        ('codecs = ["x264"', 'codecs = ["x263"', "codecs: expected some of x264, vp8"),
        ('halvings = ["area"', 'halvings = ["nearest"', "halvings: expected some of area"),
        ("seed = 1", "seed = ", "not a readable recipe"),
        ("seed = 1", "seed = 1" + "\n#" * MAX_LINES, "at most 25 lines"),
        ("batch = 4", 'batch = "many"', "r.toml: batch: expected int"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = STANDARD.read_text()
    assert old in text
    (tmp_path / "r.toml").write_text(text.replace(old, new))
    with pytest.raises(RecipeError, match=complaint):
        read_recipe(tmp_path / "r.toml")


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="nowhere"):
        read_recipe(tmp_path / "nowhere.toml")
