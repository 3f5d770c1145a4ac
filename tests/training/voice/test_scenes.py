"""Scenes hold what their labels say, and repeat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pellucid.audio.activity import FRAME, SILENT_DB, level_db, power_of
from pellucid.audio.hearing import bands_of
from pellucid.audio.labels import Label
from pellucid.errors import MediaError, RecipeError
from pellucid.training.voice import scenes
from pellucid.training.voice.recipe import ClassifyRecipe, read_voice_recipe
from pellucid.training.voice.scenes import RATE, WIDTHS, Scenes, loudness
from pellucid.training.voice.sounds import Sounds, load_sounds

RECIPE = Path(__file__).parents[3] / "recipes" / "classify.toml"


@pytest.fixture(scope="module")
def recipe() -> ClassifyRecipe:
    read = read_voice_recipe(RECIPE)
    assert isinstance(read, ClassifyRecipe)
    return replace(read, versions=2, batch=6, seconds=2.0, made_up=0)


@pytest.fixture(scope="module")
def loaded(sounds: Path) -> Sounds:
    return load_sounds([sounds], RATE, held_out=False)


def test_shares_of_scenes_add_up() -> None:
    assert sum(scenes.SCENES.values()) == pytest.approx(1)


def test_a_step_draws_the_same_again_and_another_step_does_not(
    recipe: ClassifyRecipe, loaded: Sounds
) -> None:
    one, other = (Scenes(loaded, recipe) for _ in range(2))
    for first, again in zip(one.batch(3), other.batch(3), strict=True):
        np.testing.assert_array_equal(first, again)
    assert not np.array_equal(one.batch(3)[0], one.batch(4)[0])


def test_a_batch_has_bands_and_a_label_for_every_frame(
    recipe: ClassifyRecipe, loaded: Sounds
) -> None:
    power, labels = Scenes(loaded, recipe).batch(0)
    assert power.shape == (100, 6, 81)
    assert labels.shape == (100, 6)
    assert power.dtype == np.float32
    assert (power > 0).all()
    assert set(np.unique(labels)) <= {Label.SPEECH, Label.MUSIC, Label.NOISE}


def test_levels_are_those_of_the_recipe(recipe: ClassifyRecipe, loaded: Sounds) -> None:
    even = replace(recipe, level=(-20.0, -20.0), changes=(1.0, 0.0, 0.0), batch=24)
    even = replace(even, equal=0, band=0, comes=0, drift=0)
    levels = loudness(Scenes(loaded, even).batch(0)[0])
    loud = [10 * np.log10(np.mean(10 ** (item / 10))) for item in levels.T]
    assert -20 - 10 < np.mean(loud) < -20 + 6
    assert (levels > SILENT_DB).mean() > 0.7


def test_two_sounds_add_up_as_powers_do_in_the_mean() -> None:
    rng = np.random.default_rng(0)
    one, other = (np.full((4000, 81), size, np.float32) for size in (3.0, 1.0))
    together = np.square(scenes._sum(rng, one, other))
    assert together.mean() == pytest.approx(10, rel=0.01)
    assert together.min() >= 4 - 1e-3
    assert together.max() <= 16 + 1e-3


def test_how_much_phases_matter_is_what_they_do_to_bins() -> None:
    """The spread of a band's power in a frame, against noises that are added as samples."""
    rng = np.random.default_rng(0)
    one, other = (rng.normal(0, 0.1, 4000 * 320).astype(np.float32) for _ in range(2))
    apart = [bands_of(power_of(x, RATE)) for x in (one, other)]
    true = bands_of(power_of(one + other, RATE)) - apart[0] - apart[1]
    drawn = np.square(scenes._sum(rng, *map(np.sqrt, apart))) - apart[0] - apart[1]
    wide = WIDTHS >= 2
    np.testing.assert_allclose(drawn.std(0)[wide], true.std(0)[wide], rtol=0.35)
    np.testing.assert_allclose(drawn.std(0)[~wide][2:], true.std(0)[~wide][2:], rtol=0.35)


def test_loudness_of_bands_is_that_of_all_bins() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    power = power_of(noise, RATE)
    told, true = loudness(bands_of(power)), level_db(power)
    assert told.size == power.shape[0] // FRAME
    np.testing.assert_allclose(told[1:].mean(), true[1:].mean(), atol=0.3)


def test_made_up_sounds_are_drawn_where_they_are_asked_for(
    recipe: ClassifyRecipe, loaded: Sounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "MADE_UP", 2)
    with_them = Scenes(loaded, replace(recipe, made_up=1)).batch(0)
    without = Scenes(loaded, recipe).batch(0)
    assert np.isfinite(with_them[0]).all()
    assert not np.array_equal(with_them[0], without[0])


def test_patterns_leave_sounds_out(sounds: Path) -> None:
    whole = load_sounds([sounds], RATE, held_out=False)
    fewer = load_sounds([sounds], RATE, held_out=False, without=["*/noise/0*"])
    assert len(fewer.noise) < len(whole.noise)
    assert len(fewer.speech) == len(whole.speech)
    assert fewer.digest != whole.digest
    with pytest.raises(MediaError, match="too few"):
        load_sounds([sounds], RATE, held_out=False, without=["*.wav"])


def test_every_kind_must_be_there(recipe: ClassifyRecipe, loaded: Sounds) -> None:
    with pytest.raises(MediaError, match="music: too few sound files"):
        Scenes(replace(loaded, music=()), recipe)


def test_changes_must_be_shares(recipe: ClassifyRecipe) -> None:
    with pytest.raises(RecipeError, match="changes: expected three shares"):
        replace(recipe, changes=(0.5, 0.3, 0.3))
    with pytest.raises(RecipeError, match="without: expected a list of patterns"):
        replace(recipe, without=(1,))  # type: ignore[arg-type]
