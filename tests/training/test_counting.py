"""The networks that talks and papers are told in cost what those say, to the digit."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pellucid.training.counting import count
from pellucid.training.nets.known import KNOWN, cost_of_known
from pellucid.training.nets.plain import PlainNet, Shape

TOLD = {  # parameters, MACs and rest in G (three digits), MiB of weights
    "srgan": (1_554_499, 446, 5.93),
    "esrgan": (16_697_987, 3100, 63.70),
    "vgg16": (138_357_544, 15.5, 527.79),
    "mobilenet-v2": (3_504_872, 0.314, 13.37),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_networks_cost_what_is_told(name: str) -> None:
    parameters, worked, size = TOLD[name]
    cost = cost_of_known(name, 360, 480)
    assert cost.parameters == parameters
    assert float(f"{cost.worked / 1e9:.3g}") == worked
    assert round(cost.weight_bytes / 2**20, 2) == size


def test_srgan_by_kind_of_work() -> None:
    cost = cost_of_known("srgan", 360, 480)
    assert f"{cost.macs / 1e9:.1f}" == "444.6"
    biases = sum(la.others for la in cost.layers if la.macs)
    bends = sum(la.others for la in cost.layers if not la.macs)
    assert (f"{biases / 1e9:.1f}", f"{bends / 1e9:.1f}") == ("0.8", "0.6")


@pytest.mark.parametrize("name", ["srgan", "esrgan"])
def test_they_enlarge_by_four(name: str) -> None:
    with torch.device("meta"):
        made = KNOWN[name].make()(torch.empty(2, 3, 9, 7))
    assert made.shape == (2, 3, 36, 28)


@pytest.mark.parametrize("name", ["vgg16", "mobilenet-v2"])
def test_they_classify(name: str) -> None:
    with torch.device("meta"):
        made = KNOWN[name].make()(torch.empty(2, 3, 224, 224))
    assert made.shape == (2, 1000)


def test_a_chain_counted_by_hand() -> None:
    def make() -> nn.Module:
        first = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        grouped = nn.ConvTranspose2d(8, 4, 2, stride=2, groups=2)
        return nn.Sequential(
            first, nn.BatchNorm2d(8), nn.ReLU(), grouped, nn.Flatten(), nn.Linear(4 * 64, 5)
        )

    cost = count("chain", make, (3, 8, 8))
    macs = [layer.macs for layer in cost.layers]
    assert macs == [16 * 8 * 27, 0, 0, 16 * 8 * 2 * 4, 256 * 5]
    assert [layer.others for layer in cost.layers] == [0, 128, 128, 256, 5]
    assert cost.parameters == 216 + 16 + (8 * 2 * 4 + 4) + (256 * 5 + 5)
    assert cost.shape == "8x8"


def test_the_float_twin_of_ours_costs_what_ours_costs() -> None:
    """Its first layer sees the picture continued, so that the grid stays as it is."""
    shape = Shape(16, 4, 1, "nearest")

    class Straight(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(*PlainNet(shape).layers)

        def forward(self, low: torch.Tensor) -> torch.Tensor:
            padded = nn.functional.pad(low, (6,) * 4)
            made: torch.Tensor = self.layers(padded)
            return made

    cost = count("plain", Straight, (1, 36, 48))
    assert cost.parameters == 10_020
    assert cost.layers[-1].macs == 36 * 48 * 16 * 4 * 9
