"""Voice recipes train, go on where they stopped, and ship what was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from command import pellucid
from pellucid.artifact import Card
from pellucid.audio.hearing import INPUTS
from pellucid.audio.session import Session
from pellucid.audio.wide import GAPS, hearing
from pellucid.errors import MediaError, RecipeError
from pellucid.training.nets.classify import ClassifyNet
from pellucid.training.nets.denoise import DenoiseNet, DenoiseShape
from pellucid.training.nets.extend import ExtendNet
from pellucid.training.voice.recipe import (
    ClassifyRecipe,
    DenoiseRecipe,
    VoiceRecipe,
    is_voice,
    read_voice_recipe,
)
from pellucid.training.voice.run import make_task, train_voice_net, write_voice_net
from pellucid.training.voice.train import Training

RECIPES = Path(__file__).parents[3] / "recipes"
PICTURES = ("video-", "ladder")  # what their recipes begin with
VOICES = sorted(p for p in RECIPES.glob("*.toml") if not p.stem.startswith(PICTURES))
SHAPES = {  # five frames of what each network hears
    "classify": (5, INPUTS),
    "denoise-standard": (5, 2, 161),
    "extend-16k": (5, len(hearing(GAPS["16k"]))),
    "extend-48k": (5, len(hearing(GAPS["48k"]))),
}
SMALL = {"batch": 2, "seconds": 0.5, "steps": 3}


def small(name: str) -> VoiceRecipe:
    recipe = replace(read_voice_recipe(RECIPES / f"{name}.toml"), **SMALL)
    if isinstance(recipe, DenoiseRecipe):
        return replace(recipe, width=8, narrow=4, hidden=8, blocks=1)
    if isinstance(recipe, ClassifyRecipe):
        return replace(recipe, hidden=8, versions=2, made_up=0)
    return replace(recipe, hidden=8)


@pytest.mark.parametrize("name", ["classify", "denoise-standard", "extend-16k", "extend-48k"])
def test_what_is_trained_is_what_ships(tmp_path: Path, sounds: Path, name: str) -> None:
    task = make_task(small(name), [sounds])
    net = train_voice_net(task, tmp_path, lambda report: None)
    write_voice_net(tmp_path / "x.onnx", task, net, Card(name, "", "d", "l", "c"))
    session = Session(tmp_path / "x.onnx")
    assert session.card.parameters == sum(p.numel() for p in net.parameters())
    assert session.card.scores["held out"]
    frames = torch.randn(SHAPES[name])
    assert isinstance(net, DenoiseNet | ExtendNet | ClassifyNet)
    with torch.no_grad():
        expected, _ = net.eval()(frames[:, None], net.start(1))
    made, _ = session.run(frames.numpy(), session.start())
    np.testing.assert_allclose(made, expected[:, 0].numpy(), atol=1e-4)
    picture = "labels.png" if name == "classify" else "spectrograms.png"
    drawn = {"checkpoint.pt", "curves.png", "log.jsonl", picture}
    assert drawn < {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["classify", "denoise-lite", "extend-16k"])
def test_a_stopped_training_goes_on_as_if_it_had_not(
    tmp_path: Path, sounds: Path, name: str
) -> None:
    whole, half = (Training(make_task(small(name), [sounds])) for _ in range(2))
    whole.run(lambda report: None)
    half._train_step()
    half.save(tmp_path / "half.pt")
    other = Training(make_task(small(name), [sounds]))
    other.load(tmp_path / "half.pt")
    other.run(lambda report: None)
    for one, same in zip(whole.averaged.parameters(), other.averaged.parameters(), strict=True):
        torch.testing.assert_close(one, same, rtol=0, atol=0)


def test_the_mean_of_two_runs_is_their_weights_mean(tmp_path: Path, sounds: Path) -> None:
    ends = [tmp_path / "one" / "checkpoint.pt", tmp_path / "other" / "checkpoint.pt"]
    nets = []
    for seed, end in enumerate(ends):
        task = make_task(replace(small("classify"), seed=seed), [sounds])
        nets.append(train_voice_net(task, end.parent, lambda report: None))
    none = make_task(replace(small("classify"), steps=0), [sounds])
    mean = train_voice_net(none, tmp_path / "mean", lambda report: None, ends)
    one, other = (net.state_dict() for net in nets)
    assert not all(torch.equal(one[name], other[name]) for name in one)
    for name, weights in mean.state_dict().items():
        assert torch.allclose(weights, (one[name] + other[name]) / 2), name


def test_no_mean_of_networks_of_several_shapes(tmp_path: Path, sounds: Path) -> None:
    ends = []
    for hidden in (8, 9):
        task = make_task(replace(small("classify"), hidden=hidden), [sounds])
        train_voice_net(task, tmp_path / str(hidden), lambda report: None)
        ends.append(tmp_path / str(hidden) / "checkpoint.pt")
    with pytest.raises(RecipeError, match="several shapes"):
        train_voice_net(task, tmp_path / "mean", lambda report: None, ends)


def test_no_steps_from_nothing_make_no_network(tmp_path: Path, sounds: Path) -> None:
    task = make_task(replace(small("classify"), steps=0), [sounds])
    with pytest.raises(RecipeError, match="--start"):
        train_voice_net(task, tmp_path, lambda report: None)


def test_a_few_steps_lower_the_loss(sounds: Path) -> None:
    training = Training(
        make_task(replace(small("extend-16k"), steps=10_000, learning_rate=0.2), [sounds])
    )
    losses = [training._train_step() for _ in range(60)]
    assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])


def test_the_network_is_causal_and_knows_no_batch() -> None:
    torch.manual_seed(0)
    net = DenoiseNet(DenoiseShape(8, 4, 8, 2, 4, 3)).eval()
    spectra = torch.randn(6, 3, 2, 161)
    with torch.no_grad():
        whole, _ = net(spectra, net.start(3))
        alone, _ = net(spectra[:4, 1:2], net.start(1))
    torch.testing.assert_close(whole[:4, 1:2], alone)


def test_the_commands_line_trains_voices(tmp_path: Path, sounds: Path) -> None:
    text = (RECIPES / "denoise-lite.toml").read_text()
    for key, value in (*SMALL.items(), ("width", 8), ("narrow", 4), ("hidden", 8)):
        line = next(one for one in text.splitlines() if one.startswith(f"{key} ="))
        text = text.replace(line, f"{key} = {value}")
    (tmp_path / "r.toml").write_text(text)
    run = tmp_path / "run"
    made = pellucid("train", tmp_path / "r.toml", "--data", sounds, "--run", run)
    assert made.returncode == 0, made.stderr
    assert (run / "denoise-lite.onnx").is_file()


@pytest.mark.parametrize("path", VOICES, ids=lambda path: path.stem)
def test_shipped_recipes_are_read(path: Path) -> None:
    recipe = read_voice_recipe(path)
    assert recipe.name == path.stem
    assert is_voice(path)


def test_a_recipe_says_what_missing_voice_weighs(sounds: Path) -> None:
    recipe = small("denoise-lite")
    tasks = [make_task(replace(recipe, missing=weight), [sounds]) for weight in (0, 300)]
    none, much = (task.loss(0).item() for task in tasks)
    assert much > none + 0.01
    with pytest.raises(RecipeError, match=r"missing: expected 0\.\.10000, got -1"):
        replace(recipe, missing=-1)


def test_recipes_are_read_and_refused(tmp_path: Path, sounds: Path) -> None:
    assert [is_voice(RECIPES / f"{n}.toml") for n in ("denoise-lite", "video-lite")] == [
        True,
        False,
    ]
    good = (RECIPES / "extend-16k.toml").read_text()
    for old, new, why in (
        (
            'task = "extend"',
            'task = "sing"',
            "task: expected one of .*, classify, got sing",
        ),
        ('gap = "16k"', 'gap = "9k"', "gap: expected one of 16k, 48k"),
        ("hidden = 120", "hidden = 0", "hidden: expected 1..512"),
        ("seed = 1", "seed = 1\nspeed = 2", "unknown key speed"),
    ):
        (tmp_path / "r.toml").write_text(good.replace(old, new))
        with pytest.raises(RecipeError, match=why):
            read_voice_recipe(tmp_path / "r.toml")
    with pytest.raises(MediaError, match="too few sound files in speech/"):
        make_task(small("extend-16k"), [tmp_path])
    Training(make_task(small("extend-16k"), [sounds])).save(tmp_path / "c.pt")
    other = Training(make_task(replace(small("extend-16k"), seed=9), [sounds]))
    with pytest.raises(RecipeError, match="another recipe"):
        other.load(tmp_path / "c.pt")
