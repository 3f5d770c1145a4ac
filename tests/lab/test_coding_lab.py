"""A denoiser's weights in few bits: what is kept is what runs, and the command writes its page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from command import fails, pellucid
from pellucid.audio.voices import shipped_voices
from pellucid.lab.coding.outcome import Measured
from pellucid.lab.coding.page import page
from pellucid.lab.coding.problem import (
    FIXED,
    WAYS,
    Weights,
    is_large,
    read_graph,
    trained,
    with_weights,
)
from pellucid.training.compress.packed import pack, unpack

RECIPE = Path(__file__).parents[2] / "recipes" / "denoise-lite.toml"


@pytest.fixture(scope="module")
def weights() -> Weights:
    return trained(read_graph(shipped_voices()["denoise-lite"]))


@pytest.mark.parametrize("way", WAYS)
def test_a_file_holds_what_the_network_runs_with(way: str, weights: Weights) -> None:
    kept = WAYS[way](weights)
    back, _ = unpack(pack(kept.packed, {}, "ans"))
    assert kept.seen.keys() == weights.keys()
    for name, seen in kept.seen.items():
        made = back[name].astype(np.float32)
        if f"{name} step" in back:
            made = made * back[f"{name} step"].astype(np.float32)
        assert np.array_equal(made.reshape(seen.shape), seen), name
        assert seen.shape == weights[name].shape


def test_fewer_bits_are_further_away(weights: Weights) -> None:
    def away(way: str) -> float:
        seen = WAYS[way](weights).seen
        return sum(float(np.square(seen[name] - one).sum()) for name, one in weights.items())

    errors = [away(way) for way in ("float16", "8 bits", "6 bits", "5 bits", "4 bits")]
    assert errors == sorted(errors)
    assert 0 < errors[0] < errors[-1]


def test_only_what_was_trained_is_touched(weights: Weights) -> None:
    model = read_graph(shipped_voices()["denoise-lite"])
    assert not set(FIXED) & weights.keys()
    assert sum(is_large(one) for one in weights.values()) > 10
    assert with_weights(model, weights) == model.SerializeToString()
    other = with_weights(model, WAYS["4 bits"](weights).seen)
    assert other != model.SerializeToString()


def test_the_answer_is_the_smallest_that_is_good_enough() -> None:
    rows = [
        ("noisy", 0, 5.0),
        ("float32", 4000, 15.0),
        ("8 bits", 1000, 14.95),
        ("4 bits", 500, 14),
    ]
    found = [Measured(way, size, 1, sdr, 2.5) for way, size, sdr in rows]
    told = page(found, ("denoise-lite", 10**6, "pellucid lab coding", "a machine"))
    assert "**8 bits** is the smallest way that loses at most 0.1 dB: 1,000 bytes" in told
    assert "4.0 times smaller" in told
    assert "| noisy | – | – | – | 5.00 | 2.500 |" in told


def test_the_command_judges_each_way(sounds: Path, tmp_path: Path) -> None:
    text, changed = re.subn(r"(?m)^batch = .*$", "batch = 2", RECIPE.read_text())
    assert changed == 1
    (tmp_path / "small.toml").write_text(text)
    out = tmp_path / "docs"
    words = ["lab", "coding", tmp_path / "small.toml", "--data", sounds, "--out", out]
    done = pellucid(*words, "--model", "denoise-lite", "--batches", 1)
    assert done.returncode == 0, done.stderr
    found = json.loads((out / "coding.json").read_text())
    assert [one["way"] for one in found] == ["noisy", "float32", *WAYS]
    assert all(one["bytes"] < found[1]["bytes"] for one in found[2:])
    assert "--model denoise-lite --out docs --batches 1" in (out / "coding.md").read_text()
    fails(1, "neither a shipped model nor a file", *words, "--model", "nothing")
    fails(1, "expected denoise", "lab", "coding", RECIPE.with_name("classify.toml"), *words[3:])
