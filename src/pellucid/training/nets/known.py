"""Networks that others' talks and papers are told in, by name, for their cost alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from pellucid.bench.cost.layers import Cost
from pellucid.training.counting import count
from pellucid.training.nets.esrgan import EsrGan
from pellucid.training.nets.mobilenet import MobileNetV2
from pellucid.training.nets.srgan import SrGan
from pellucid.training.nets.vgg import Vgg16

CLASSIFIED = (224, 224)  # the picture that classifiers are told for


@dataclass(frozen=True)
class Known:
    """make: the network. classifies: its input is `CLASSIFIED`, whatever size was asked for."""

    make: Callable[[], nn.Module]
    classifies: bool = False

    def shape(self, height: int, width: int) -> tuple[int, int, int]:
        """Of its input."""
        return (3, *(CLASSIFIED if self.classifies else (height, width)))


KNOWN = {
    "srgan": Known(SrGan),
    "esrgan": Known(EsrGan),
    "vgg16": Known(Vgg16, classifies=True),
    "mobilenet-v2": Known(MobileNetV2, classifies=True),
}


def cost_of_known(name: str, height: int, width: int) -> Cost:
    """Of one picture. Raises KeyError for a name that is none."""
    return count(name, KNOWN[name].make, KNOWN[name].shape(height, width))


def run_known(name: str, height: int, width: int) -> Callable[[], object]:
    """Something that runs such a network, untrained, once on one picture and one thread."""
    shape = KNOWN[name].shape(height, width)
    net = KNOWN[name].make().eval()

    def run() -> object:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                return net(torch.rand(1, *shape))
        finally:
            torch.set_num_threads(before)

    return run
