"""A whole training in small: real stills and a real clip through real codecs, to a model file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import pellucid
from pellucid.errors import MediaError, RecipeError
from pellucid.frames import Plane
from pellucid.training import run as run_module
from pellucid.training import train as train_module
from pellucid.training.batches import Batches
from pellucid.training.dataset import CLIP, LEFT_OUT, PATCH, STILL, Dataset, make_dataset, part_of
from pellucid.training.quantise import simulate
from pellucid.training.recipe import Recipe, read_recipe
from pellucid.training.run import Place, Provenance, train, write_model
from pellucid.training.schedule import WARM_UP, rate_share
from pellucid.training.sources import find_sources, still_luma
from pellucid.training.train import FINAL_SHARE, Report, Training
from pellucid.video import integer, model
from training.textures import texture

STANDARD = Path(__file__).parents[2] / "recipes" / "video-standard.toml"
SMALL = replace(
    read_recipe(STANDARD),
    width=4,
    depth=1,
    still_takes=2,
    clip_takes=2,
    patch=24,
    batch=2,
    steps=12,
    quantise_share=0.5,
    level_steps=0,
    strength=(1.1,),
)


@pytest.fixture(scope="module")
def dataset(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    cache = tmp_path_factory.mktemp("cache")
    return make_dataset(SMALL, find_sources((pictures,)), cache, lambda done, total: None)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report and score every third step, so that twelve steps show something."""
    monkeypatch.setattr(train_module, "REPORT_EVERY", 3)
    monkeypatch.setattr(run_module, "SCORE_EVERY", 3)


def ignore(*anything: object) -> None:
    """Take a report and do nothing."""


def test_pairs_lie_on_each_other(dataset: Dataset) -> None:
    """The received patch, enlarged, is nearer to its truth than to the truth moved a pixel."""
    assert len(dataset.low) > 10
    for low, high in zip(dataset.low[:10], dataset.high[:10], strict=True):
        truth = high.reshape(PATCH, 2, PATCH, 2).mean(axis=(1, 3))
        here = np.abs(truth[2:-2, 2:-2] - low[2:-2, 2:-2]).mean()
        for shift in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            moved = np.roll(truth, shift, (0, 1))[2:-2, 2:-2]
            assert here < np.abs(moved - low[2:-2, 2:-2]).mean()


def test_some_clean_takes_shrink_their_still_and_no_coded_one_does(
    pictures: Path, tmp_path: Path
) -> None:
    stills = [still_luma(path) for path in sorted(pictures.glob("*.png"))]
    as_they_are = {}
    for share in (0.99, 1):
        recipe = replace(SMALL, clean_share=share, camera_share=0, still_takes=6, clip_takes=0)
        made = make_dataset(recipe, find_sources((pictures,)), tmp_path / str(share), ignore)
        patches = made.high[made.group == STILL]
        found = [any(is_part_of(patch, still) for still in stills) for patch in patches]
        as_they_are[share] = sum(found) / len(found)
    assert as_they_are[0.99] == 1
    assert 0.2 < as_they_are[1] < 0.8


def is_part_of(patch: Plane, still: Plane) -> bool:
    windows = np.lib.stride_tricks.sliding_window_view(still, patch.shape)
    return any((windows[place] == patch).all() for place in np.ndindex(windows.shape[:2]))


def test_data_depend_on_recipe_and_files_alone(
    pictures: Path, dataset: Dataset, tmp_path: Path
) -> None:
    again = make_dataset(SMALL, find_sources((pictures,)), tmp_path, ignore)
    np.testing.assert_array_equal(again.low, dataset.low)
    np.testing.assert_array_equal(again.high, dataset.high)


def test_a_part_of_the_data_leaves_out_whole_sources(dataset: Dataset) -> None:
    part = part_of(dataset, 0.5, seed=3)
    trained, left = (
        dataset.source[np.isin(part.group, kinds)] for kinds in ((STILL, CLIP), LEFT_OUT)
    )
    assert len(left) > 0
    assert not set(trained) & set(left)
    for kind in (STILL, CLIP):
        before, after = (len(set(d.source[d.group == kind])) for d in (dataset, part))
        assert after == -(-before // 2)
    held_out = dataset.group > CLIP
    np.testing.assert_array_equal(part.group[held_out], dataset.group[held_out])
    assert len(Batches(part, SMALL).traces) == len(trained)
    assert len({dataset.digest, part.digest, part_of(dataset, 0.5, seed=4).digest}) == 3


def test_a_batch_depends_on_its_step_alone(dataset: Dataset) -> None:
    one, other = Batches(dataset, SMALL), Batches(dataset, SMALL)
    one.draw(1)
    for name in ("low", "high", "traces"):
        assert torch.equal(getattr(one.draw(7), name), getattr(other.draw(7), name))
    assert not torch.equal(one.draw(7).low, one.draw(8).low)


def test_the_learning_rate_warms_up_and_comes_down() -> None:
    long = replace(SMALL, steps=4000)
    rates = [
        long.learning_rate * rate_share(step, long.steps, FINAL_SHARE)
        for step in range(long.steps + 1)
    ]
    assert rates[0] == pytest.approx(long.learning_rate / WARM_UP, rel=1e-3)
    assert rates.index(max(rates)) == pytest.approx(WARM_UP, abs=2)
    assert max(rates) <= long.learning_rate
    assert rates[-1] == pytest.approx(long.learning_rate * FINAL_SHARE)


@pytest.mark.usefixtures("often")
def test_an_interrupted_training_ends_as_if_it_never_was(pictures: Path, tmp_path: Path) -> None:
    def stop_at(step: int) -> Callable[[Report], None]:
        def interrupt(report: Report) -> None:
            if report.step == step:
                raise KeyboardInterrupt

        return interrupt

    whole, broken = Place((pictures,), tmp_path / "whole"), Place((pictures,), tmp_path / "broken")
    straight, _ = train(SMALL, whole, ignore, ignore)
    for step in (3, 9):  # once before and once within the quantised phase
        with pytest.raises(KeyboardInterrupt):
            train(SMALL, broken, ignore, stop_at(step))
    resumed, _ = train(SMALL, broken, ignore, ignore)
    for one, other in zip(straight.networks, resumed.networks, strict=True):
        for layer, same in zip(one.layers, other.layers, strict=True):
            np.testing.assert_array_equal(layer.weight, same.weight)
            np.testing.assert_array_equal(layer.bias, same.bias)
    log = [json.loads(line) for line in (broken.folder / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log] == [3, 6, 9, 12]
    assert (broken.folder / "curves.png").stat().st_size > 1000
    assert (broken.folder / "strips.png").stat().st_size > 1000


@pytest.mark.usefixtures("often")
def test_a_trained_model_is_a_file_that_runs(pictures: Path, tmp_path: Path) -> None:
    network, scores = train(SMALL, Place((pictures,), tmp_path / "run"), ignore, ignore)
    assert {"clips bicubic", "clips float", "clips integer"} <= scores.keys()
    path = tmp_path / "small.safetensors"
    write_model(path, SMALL, network, Provenance("made up", "CC0", "here"), {"held out": scores})
    loaded, card = model.load(path)
    assert card.parameters == network.parameters == loaded.parameters
    assert card.macs == network.macs(360, 480)
    assert pellucid.Upscaler(str(path)).upscale(texture(1, 32)).shape == (64, 64)


def test_training_learns(dataset: Dataset) -> None:
    longer = replace(SMALL, width=8, steps=240, batch=4, learning_rate=5e-3, quantise_share=0.2)
    training = Training(longer, Batches(dataset, longer))
    batches = [training.batches.draw(step) for step in range(20)]
    low, high, traces = (
        torch.cat([getattr(batch, name) for batch in batches]) for name in ("low", "high", "traces")
    )

    def error_of(enlarged: torch.Tensor) -> float:
        return float((enlarged.detach() - high).abs().mean())

    before = error_of(training.net(low / 255, traces) * 255)
    training.run(ignore)
    assert training.steps_of_layers
    after = simulate(training.averaged.eval(), training.steps_of_layers, low, traces)
    assert error_of(after) < 0.95 * before


def test_a_run_on_a_part_does_not_go_on_with_the_whole(pictures: Path, tmp_path: Path) -> None:
    place = Place((pictures,), tmp_path / "run")
    train(SMALL, place, ignore, ignore, share=0.4)
    with pytest.raises(RecipeError, match="another data"):
        train(SMALL, place, ignore, ignore)


def test_a_clean_model_says_so(tmp_path: Path) -> None:
    recipe = replace(SMALL, clean_share=1)
    network = integer.IntegerNetwork(
        (
            integer.Layer(
                np.zeros((4, 1, 3, 3), np.int8), np.zeros(4, np.int32), np.zeros(4, np.int16), 0
            ),
        )
    )
    write_model(tmp_path / "m.safetensors", recipe, network, Provenance("", "", ""), {})
    assert "never coded" in model.load(tmp_path / "m.safetensors")[1].summary


def test_a_checkpoint_of_another_recipe_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    training = Training(SMALL, Batches(dataset, SMALL))
    training.save(tmp_path / "c.pt")
    other: Recipe = replace(SMALL, width=5)
    with pytest.raises(RecipeError, match="another recipe"):
        Training(other, Batches(dataset, other)).load(tmp_path / "c.pt")


def test_a_checkpoint_of_other_data_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    Training(SMALL, Batches(dataset, SMALL)).save(tmp_path / "c.pt")
    other = Batches(replace(dataset, digest="other"), SMALL)
    with pytest.raises(RecipeError, match="another data"):
        Training(SMALL, other).load(tmp_path / "c.pt")


def test_a_damaged_checkpoint_is_one_error(dataset: Dataset, tmp_path: Path) -> None:
    training = Training(SMALL, Batches(dataset, SMALL))
    training.save(tmp_path / "c.pt")
    whole = (tmp_path / "c.pt").read_bytes()
    for damaged in (b"", b"no checkpoint", whole[: len(whole) // 2]):
        (tmp_path / "c.pt").write_bytes(damaged)
        with pytest.raises(RecipeError, match="damaged checkpoint"):
            training.load(tmp_path / "c.pt")


def test_files_that_cannot_be_trained_on_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(MediaError, match=r"text\.mp4: cannot be trained on"):
        make_dataset(SMALL, find_sources((tmp_path,)), tmp_path / "cache", ignore)
    (tmp_path / "text.mp4").unlink()
    Image.fromarray(texture(1, 64)).save(tmp_path / "small.png")
    with pytest.raises(MediaError, match="nothing to train on"):
        make_dataset(SMALL, find_sources((tmp_path,)), tmp_path / "cache", ignore)


def test_a_network_over_the_budget_is_refused() -> None:
    with pytest.raises(RecipeError, match="33,999"):
        run_module.check_budget(replace(SMALL, width=64))


def test_folders_without_pictures_are_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no still and no clip"):
        find_sources((tmp_path,))


def test_levels_part_and_go_on_where_they_stopped(pictures: Path, tmp_path: Path) -> None:
    recipe = replace(SMALL, levels=2, level_steps=8)
    place = Place((pictures,), tmp_path)
    network, held_out = train(recipe, place, ignore, ignore)
    assert isinstance(network, integer.GatedNetwork)
    assert len(network.networks) == 2
    assert "clips levels" in held_out
    again, same = train(recipe, place, ignore, ignore)
    assert same == held_out
    picture = texture(1, 64)
    np.testing.assert_array_equal(
        integer.reference(again, picture), integer.reference(network, picture)
    )


def test_parted_levels_count_as_parameters() -> None:
    wide = replace(SMALL, width=16, depth=4, levels=3, level_steps=1)
    run_module.check_budget(wide)
    with pytest.raises(RecipeError, match="parameters"):
        run_module.check_budget(replace(wide, levels=4))
