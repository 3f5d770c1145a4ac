"""From trained voice networks to ONNX models: batch norm folded in, the state explicit."""

from __future__ import annotations

import copy
import io
import warnings

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pellucid.audio.bands import BINS
from pellucid.audio.filler import ROWS
from pellucid.audio.session import IN, OUT
from pellucid.training.nets.classify import ClassifyNet
from pellucid.training.nets.conceal import ConcealNet
from pellucid.training.nets.denoise import PLACES, DenoiseNet
from pellucid.training.nets.extend import ExtendNet

OPSET = 17
TRACED_FRAMES = 3


class OneStream(nn.Module):
    """A network (T, B, ...) for one stream: frames (T, ...) and the state of a batch of one."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, frames: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """What becomes of the frames, the state after."""
        made, state = self.net(frames.unsqueeze(1), state)
        return made[:, 0], state


def denoiser_to_onnx(net: DenoiseNet) -> bytes:
    """The serialised ONNX model; frames (T, 2, BINS), T free."""
    return _to_onnx(fold(net), torch.randn(TRACED_FRAMES, 2, BINS), net.start(1))


def extender_to_onnx(net: ExtendNet, heard: int) -> bytes:
    """The serialised ONNX model; frames (T, heard), T free."""
    return _to_onnx(net, torch.randn(TRACED_FRAMES, heard), net.start(1))


def concealer_to_onnx(net: ConcealNet) -> bytes:
    """The serialised ONNX model; frames (T, ROWS, BINS), T free."""
    return _to_onnx(net, torch.randn(TRACED_FRAMES, ROWS, BINS), net.start(1))


def classifier_to_onnx(net: ClassifyNet, heard: int) -> bytes:
    """The serialised ONNX model; frames (T, heard), T free."""
    return _to_onnx(net, torch.randn(TRACED_FRAMES, heard), net.start(1))


def _to_onnx(net: nn.Module, frames: Tensor, state: Tensor) -> bytes:
    one = OneStream(net).eval()
    with warnings.catch_warnings(), io.BytesIO() as file:
        warnings.simplefilter("ignore")
        torch.onnx.export(
            one, (frames, state), file,  # type: ignore[arg-type]
            input_names=list(IN), output_names=list(OUT),
            dynamic_axes={IN[0]: {0: "T"}, OUT[0]: {0: "T"}}, opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        return file.getvalue()


def fold(net: DenoiseNet) -> DenoiseNet:
    """A copy without batch norm that gives the same, for running only."""
    folded = copy.deepcopy(net).eval()
    _fold_into(folded.first, "0", "1")
    _fold_into(folded.second, "0", "1")
    _fold_into(folded.third, "0", "1")
    for block in folded.blocks:
        _fold_into(block, "told", "told_norm")
        _fold_into(block, "after", "after_norm")
    return folded


def _fold_into(owner: nn.Module, conv: str, norm: str) -> None:
    """Put a batch norm into the convolution before it."""
    one, other = getattr(owner, conv), getattr(owner, norm)
    transposed = isinstance(one, nn.ConvTranspose1d)
    setattr(owner, conv, fuse_conv_bn_eval(one, other, transpose=transposed))
    setattr(owner, norm, nn.Identity())


def macs_of_denoiser(net: DenoiseNet) -> int:
    """Multiply-accumulates for a second of sound, the bands' two sums included.

    Counted from the weights: a frame uses a weight of a convolution or of the recurrence once a
    place, a mixing matrix once a channel of its group.
    """
    shape = net.shape
    recurrent = 3 * shape.hidden * (shape.width + shape.hidden)
    pointwise = shape.width * (shape.hidden + 2 * shape.width)
    block = PLACES * (recurrent + pointwise + PLACES * shape.width)
    halvings = 5 * shape.narrow * (3 * 41 + shape.width * PLACES)
    doublings = 5 * shape.narrow * (shape.width * PLACES + 2 * shape.taps * 41)
    bands = 3 * net.gather.numel() + 2 * shape.taps * net.spread.numel()
    filters = 4 * shape.taps * BINS
    return 100 * (shape.blocks * block + halvings + doublings + bands + filters)


def macs_of_recurrent(net: nn.Module) -> int:
    """Multiply-accumulates for a second of sound of a network whose frames use each weight once."""
    return 100 * sum(p.numel() for p in net.parameters() if p.ndim == 2)
