"""What is timed: the product's network with each block, and single convolutions of each size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

from pellucid.lab.compress.arms import NARROW
from pellucid.training.compress.weights import weights_of
from pellucid.training.nets.light import BLOCKS, FOLDING, LightNet
from pellucid.training.nets.plain import PlainNet, Shape
from pellucid.training.quantise import measure_steps, quantise
from pellucid.training.voice.export import OPSET
from pellucid.video.engine import luma, pick_engine

SHAPE = Shape(32, 6, 2, "bilinear")
PICTURE, CELLS = (360, 480), (180, 240)
WIDTH = 32  # of the single convolutions
INT8 = "plain, integer"
WINDOWS = {  # the sides of the kernels, one after the other
    "3x3": (3,),
    "1x1": (1,),
    "two 3x3": (3, 3),
    "three 3x3": (3, 3, 3),
    "5x5": (5,),
    "7x7": (7,),
}


@dataclass(frozen=True, eq=False)
class Timed:
    """Something to run: MACs of a run, parameters, and the run itself on one thread."""

    name: str
    macs: int
    parameters: int
    run: Callable[[], object]


def blocks() -> list[Timed]:
    """A network of each block on 480x360; those that fold are the plain one, which comes twice:
    in floating point as all others, and as the integer network in our own engine. And a plain one
    half as wide.
    """
    torch.manual_seed(1)
    kinds = [block for block in BLOCKS if block == "plain" or block not in FOLDING]
    made = [_timed(block, LightNet(block, SHAPE).eval(), (1, *PICTURE)) for block in kinds]
    narrow = LightNet("plain", replace(SHAPE, width=16)).eval()
    return [*made, _timed(NARROW, narrow, (1, *PICTURE)), _integer(made[0])]


def windows() -> list[Timed]:
    """Convolutions of 32 channels on 240x180, in floating point."""
    return [_timed(name, _chain(sides), (WIDTH, *CELLS)) for name, sides in WINDOWS.items()]


def _chain(sides: tuple[int, ...]) -> nn.Module:
    return nn.Sequential(*(nn.Conv2d(WIDTH, WIDTH, side, padding=side // 2) for side in sides))


def _timed(name: str, net: nn.Module, shape: tuple[int, ...]) -> Timed:
    given = torch.rand(1, *shape)
    session = _session(net, given)
    feed = {"given": given.numpy()}
    macs = CELLS[0] * CELLS[1] * sum(weight.numel() for weight in weights_of(net).values())
    parameters = sum(p.numel() for p in net.parameters())
    return Timed(name, macs, parameters, lambda: session.run(None, feed))


def _session(net: nn.Module, given: torch.Tensor) -> ort.InferenceSession:
    """ONNX Runtime on one thread: an engine that has fast kernels for all of these."""
    with warnings.catch_warnings(), io.BytesIO() as file:
        warnings.simplefilter("ignore")
        inputs = (given, None) if isinstance(net, LightNet) else (given,)
        torch.onnx.export(
            net, inputs, file,  # type: ignore[arg-type]
            input_names=["given"], opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return ort.InferenceSession(file.getvalue(), options, ["CPUExecutionProvider"])


def _integer(plain: Timed) -> Timed:
    net, low = PlainNet(SHAPE), torch.rand(1, 1, 48, 48)
    network = quantise(net, measure_steps(net, low, torch.zeros(1, 36)))
    engine = pick_engine(network.networks[0], threads=1)
    picture = np.random.default_rng(1).integers(0, 256, PICTURE, np.uint8)
    return Timed(INT8, plain.macs, plain.parameters, lambda: luma(engine, picture))
