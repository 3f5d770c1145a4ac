"""The loss protocol: masks are read, bursts told apart, and every method hears only what came."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio.voices import speech
from command import pellucid
from pellucid.bench import conceal_peers
from pellucid.bench.conceal import FLOORS, LossMethod, ahead, items, measure, ours
from pellucid.bench.masks import bursts, only, read_masks
from pellucid.errors import ArtifactError, MediaError

MASK = "0110001000" * 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "masks.csv").write_text(f"loss,mask\n0.3,{MASK}\n0.0,{'0' * 50}\n")
    (tmp_path / "real.txt").write_text(MASK[1:] + "\n")
    (tmp_path / "speech").mkdir()
    soundfile.write(tmp_path / "speech" / "a.flac", speech(16_000, 1.005), 16_000)
    return tmp_path


def test_masks_are_read_and_refused(folder: Path) -> None:
    masks = read_masks([folder])
    assert [mask.size for mask in masks] == [50, 50, 49]
    assert bursts(masks[0])[:2] == [(1, 2), (6, 1)]
    assert only(masks[0], 2, 3).sum() == 10
    assert not only(masks[0], 3, 9).any()
    (folder / "bad.csv").write_text("mask\n01x\n")
    with pytest.raises(MediaError, match="expected a mask of 0s and 1s"):
        read_masks([folder / "bad.csv"])


def test_items_hold_each_kind_of_loss(folder: Path) -> None:
    made = list(items(folder / "speech", [folder / "masks.csv", folder / "real.txt"], 2, 16_000))
    assert [item.losses for item in made] == ["masks"] * 2 + ["20 ms", "40-60 ms"] + ["real"] * 2
    assert all(item.whole.size == 50 * 320 == item.lost.size * 320 for item in made)
    (folder / "none.txt").write_text("000")
    with pytest.raises(MediaError, match="no mask with a loss"):
        list(items(folder / "speech", [folder / "none.txt"], 1, 16_000))


def test_no_method_hears_what_was_lost(folder: Path) -> None:
    item = next(items(folder / "speech", [folder / "real.txt"], 1, 16_000))
    other = np.where(np.repeat(item.lost, 320), np.float32(0.3), item.whole)
    for method in (*FLOORS, LossMethod("ours", ours), LossMethod("ahead", ahead)):
        one, same = (method.conceal(x, 16_000, item.lost) for x in (item.whole, other))
        np.testing.assert_array_equal(one, same)
        assert one.shape == item.whole.shape


def test_opus_conceals_what_it_coded(folder: Path) -> None:
    item = next(items(folder / "speech", [folder / "real.txt"], 1, 16_000))
    whole = conceal_peers.opus(item.whole, 16_000, np.zeros_like(item.lost))
    assert float(np.corrcoef(whole, item.whole)[0, 1]) > 0.9  # aligned
    holed = conceal_peers.opus(item.whole, 16_000, item.lost)
    assert holed.shape == whole.shape
    assert not np.array_equal(holed, whole)


def test_ways_are_scored(folder: Path) -> None:
    item = next(items(folder / "speech", [folder / "real.txt"], 1, 16_000))
    rows = list(measure([item], FLOORS))
    assert [row.method for row in rows] == ["zeros", "repeat and fade"]
    assert 0.2 < rows[0].share < 0.5
    assert rows[1].scores["pesq"] > rows[0].scores["pesq"]


def test_the_commands_line_scores_and_refuses(folder: Path) -> None:
    words = ["--speech", folder / "speech", "--masks", folder / "real.txt", "--count", 1]
    done = pellucid("bench", "conceal", *words, "--out", folder / "docs")
    assert done.returncode == 0, done.stderr
    assert "| pellucid |" in done.stdout
    rows = json.loads((folder / "docs" / "conceal.json").read_text())
    assert {row["method"] for row in rows} == {
        "zeros",
        "repeat and fade",
        "pellucid",
        "pellucid, 10 ms ahead",
        "Opus' decoder",
    }
    assert (folder / "docs" / "conceal.png").is_file()
    done = pellucid("bench", "conceal", *words, "--peer", folder / "real.txt")
    assert done.returncode == 1
    assert "no TensorFlow Lite model" in done.stderr


def test_a_peer_must_be_a_network(folder: Path) -> None:
    with pytest.raises(ArtifactError, match="no TensorFlow Lite model"):
        conceal_peers.TPlcNet(folder / "masks.csv")
