"""`pellucid models` shows what ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import fails, pellucid
from pellucid.artifact import shipped_models
from pellucid.audio.voices import shipped_voices
from pellucid.video.model import load


def test_every_shipped_model_is_listed() -> None:
    done = pellucid("models")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(shipped_models()) + len(shipped_voices()) > 7
    assert any(line.startswith("standard: ") and "30,171 parameters" in line for line in lines)


def test_json_says_what_a_model_is_and_costs() -> None:
    shown = {card["name"]: card for card in json.loads(pellucid("models", "--json").stdout)}
    standard = shown["standard"]
    network, _ = load(shipped_models()["standard"])
    assert standard["kind"] == "video-integer"
    assert standard["parameters"] == network.parameters < 34_000
    assert standard["macs"] == network.macs(360, 480) < 2e9
    assert standard["bytes"] == shipped_models()["standard"].stat().st_size
    assert standard["data_licence"]
    assert standard["command"].startswith("pellucid train recipes/video-standard.toml")


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("classify", 20_000),
        ("conceal-standard", 300_000),
        ("denoise-standard", 100_000),
        ("denoise-lite", 30_000),
        ("extend-16k", 200_000),
        ("extend-48k", 200_000),
    ],
)
def test_voices_keep_to_their_budgets_and_say_what_made_them(name: str, most: int) -> None:
    (card,) = json.loads(pellucid("models", name, "--json").stdout)
    assert 0 < card["parameters"] <= most
    assert card["macs_for"] == "one second of sound"
    assert card["command"].startswith(f"pellucid train recipes/{name}.toml")
    assert card["scores"]["held out"]
    assert name in pellucid("models", name).stdout


def test_the_shipped_model_was_measured_and_int8_costs_less_than_a_tenth_of_a_db() -> None:
    (shown,) = json.loads(pellucid("models", "standard", "--json").stdout)
    held_out = shown["scores"]["held out"]
    for group in ("stills", "clips"):
        assert held_out[f"{group} integer"] > held_out[f"{group} bicubic"]
        assert held_out[f"{group} integer"] > held_out[f"{group} float"] - 0.1
    call = shown["scores"]["call x264"]["model"]
    assert call["bd_vmaf_neg"] <= -22
    assert call["bd_psnr"] <= -19


def test_one_model_shows_its_whole_card() -> None:
    text = pellucid("models", "standard").stdout
    assert "data licence: " in text
    assert '"held out"' in text


def test_an_unknown_model_is_one_clear_line(tmp_path: Path) -> None:
    fails(1, "shipped models", "models", "standrad")
