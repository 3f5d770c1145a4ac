"""`pellucid model cost` by its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import fails, pellucid
from pellucid.artifact import shipped_models
from pellucid.audio.voices import shipped_voices
from pellucid.cli import model_cost
from pellucid.training.nets.known import KNOWN
from pellucid.video.model import load


def test_one_network_is_told_by_layer() -> None:
    done = pellucid("model", "cost", "standard", "--size", "480x360")
    assert done.returncode == 0
    assert "1.717 G" in done.stdout
    assert "| 3x3, 16 to 4 |" in done.stdout


def test_the_table_of_the_talks() -> None:
    told = pellucid("model", "cost", "srgan", "esrgan", "vgg16", "mobilenet-v2", "standard").stdout
    for number in ("1,554,499", "446 G", "16,697,987", "3,098 G", "138,357,544", "3,504,872"):
        assert number in told
    assert "| 3x3" not in told  # several: a line each


def test_json_page_and_devices(tmp_path: Path) -> None:
    done = pellucid(
        "model", "cost", "lite", "denoise-lite", "--device", "a15-npu", "--json",
        "--out", str(tmp_path / "new"),
    )  # fmt: skip
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    network, _ = load(shipped_models()["lite"])
    assert rows["lite"]["macs"] == network.macs(360, 480)
    assert rows["lite"]["macs"] == sum(layer["macs"] for layer in rows["lite"]["layers"])
    apart, fused = rows["lite"]["roofs"]["a15-npu"]
    assert apart > fused > 0
    assert json.loads((tmp_path / "new" / "cost.json").read_text()) == list(rows.values())
    page = (tmp_path / "new" / "cost.md").read_text()
    assert "Made by `pellucid model cost lite denoise-lite --size 480x360 --device a15-npu`" in page


def test_time_is_measured_on_demand() -> None:
    (row,) = json.loads(
        pellucid("model", "cost", "lite", "--size", "64x48", "--time", "--json").stdout
    )
    assert 0 < row["here"] < 10
    assert "ms here" in pellucid("model", "cost", "lite", "--size", "64x48", "--time").stdout


def test_the_size_counts() -> None:
    small, large = (
        json.loads(pellucid("model", "cost", "standard", "--size", size, "--json").stdout)[0]
        for size in ("100x50", "200x50")
    )
    assert large["macs"] == 2 * small["macs"]


@pytest.mark.parametrize(
    "words", [("--size", "480"), ("--size", "0x9"), ("--device", "abacus"), ("--out", __file__)]
)
def test_wrong_usage(words: tuple[str, str]) -> None:
    assert pellucid("model", "cost", "standard", *words).returncode == 2


def test_a_voices_file_is_told_for_a_second() -> None:
    done = pellucid("model", "cost", shipped_voices()["denoise-lite"])
    assert "| denoise-lite | 1 s |" in done.stdout


def test_the_command_knows_all_that_are_known() -> None:
    assert tuple(KNOWN) == model_cost.KNOWN


def test_an_unknown_network_is_one_line() -> None:
    fails(1, "nonesuch: no model file, and not one of srgan", "model", "cost", "nonesuch")
