"""What networks cost: counted against what the engines count, and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.tiny_onnx import write_nearest_peer
from pellucid.artifact import shipped_models
from pellucid.audio.bands import BANDS, BINS
from pellucid.audio.model import read_voice
from pellucid.audio.voices import shipped_voices
from pellucid.bench.cost.devices import DEVICES, Device, at_best, fused_at_best
from pellucid.bench.cost.graphs import cost_of_graph
from pellucid.bench.cost.layers import FLOAT, Cost, LayerCost, cost_of_integer
from pellucid.errors import ArtifactError
from pellucid.video.model import load

TWO = Cost(
    "two", "1", FLOAT,
    (LayerCost("a", 10, 1000, 100, 50, 200), LayerCost("b", 20, 3000, 0, 200, 40)),
)  # fmt: skip


@pytest.mark.parametrize("name", shipped_models())
@pytest.mark.parametrize("size", [(360, 480), (361, 479), (1, 1)])
def test_a_video_network_costs_what_its_card_counts(name: str, size: tuple[int, int]) -> None:
    network, _ = load(shipped_models()[name])
    cost = cost_of_integer(name, network, *size)
    assert cost.macs == network.macs(*size)
    assert cost.parameters == network.parameters
    assert cost.fused >= size[0] * size[1] + network.parameters


@pytest.mark.parametrize("name", shipped_voices())
def test_a_voice_network_costs_what_its_card_counts(name: str) -> None:
    path = shipped_voices()[name]
    card = read_voice(path)[1]
    macs = cost_of_graph(path, {"T": 100}, "1 s").macs
    # A concealer's card leaves out its sums over bands, one there and two back, a hundred a second.
    fixed = 300 * BANDS * BINS if name.startswith("conceal") else 0
    assert macs == pytest.approx(card.macs + fixed, rel=0.01)


def test_more_frames_cost_more() -> None:
    path = shipped_voices()["extend-16k"]
    once, twice = (cost_of_graph(path, {"T": frames}, "") for frames in (50, 100))
    assert twice.macs == 2 * once.macs
    assert twice.parameters == once.parameters


def test_a_model_without_weights_costs_nothing(tmp_path: Path) -> None:
    peer = write_nearest_peer(tmp_path / "nearest", "y", 255.0)
    cost = cost_of_graph(peer / "model.onnx", {"h": 8, "w": 8}, "8x8")
    assert cost.macs == cost.parameters == 0


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rubbish.onnx"
    path.write_bytes(b"\x00" * 100)
    with pytest.raises(ArtifactError, match=r"rubbish\.onnx"):
        cost_of_graph(path, {}, "1x1")


def test_sums_are_of_the_layers() -> None:
    assert (TWO.parameters, TWO.macs, TWO.worked, TWO.weight_bytes) == (30, 4000, 4100, 120)
    assert TWO.traffic == 4 * (50 + 10 + 200 + 200 + 20 + 40)
    assert TWO.fused == 4 * (50 + 40 + 30)
    assert TWO.intensity == pytest.approx(8100 / 2080)


def test_each_layer_meets_the_lower_of_its_roofs() -> None:
    """One layer waits for memory (1040 bytes at 1 a second), the other computes (6000 at 4)."""
    slow = Device("slow", peak=4.0, bandwidth=1.0, source="")
    assert at_best(TWO, slow) == pytest.approx(max(2100 / 4, 1040) + max(6000 / 4, 1040))
    assert fused_at_best(TWO, slow) == pytest.approx(8100 / 4)


def test_every_device_says_where_its_numbers_are_from() -> None:
    assert all(device.source and device.peak > device.bandwidth for device in DEVICES.values())
