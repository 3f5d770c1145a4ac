"""The product's task with light blocks in the place of its plain convolutions.

    low ─▶ cells of s x s ─▶ 3x3 to `width` ─▶ `depth` blocks ─▶ 3x3 to (2s)^2 ─▶ pixel shuffle
     └────────────────────────────── the skip ──────────────────────────────────────▶ +

Ends, borders, shuffle and skip are `nets.plain`'s; what differs is a block. None has a batch norm
but RepVGG's, which folds it away: none of the others' papers is about restoring pictures.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.training.nets.binary import Binary
from pellucid.training.nets.collapsible import Collapsible, Ecb, RepVgg, Sesr
from pellucid.training.nets.plain import SKIPS, Enlarger, PlainNet, Shape, continued_input

GROUPS = 4  # of a shuffle block
SQUEEZE = 4  # a fire block looks through a quarter of its channels
EXPANSION = 2  # of an inverted bottleneck; MobileNetV2's 6 would cost more than the plain block


class Shuffle(nn.Module):
    """Grouped 1x1, channels shuffled, depthwise 3x3, grouped 1x1, added to what came in.

    Source: Zhang et al. 2018, figure 2b.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 1, groups=GROUPS)
        self.middle = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.last = nn.Conv2d(width, width, 1, groups=GROUPS)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w), the same again."""
        mixed = shuffled(functional.relu(self.first(features)))
        return functional.relu(features + self.last(self.middle(mixed)))


def shuffled(features: Tensor) -> Tensor:
    """Channels dealt out to the groups; torch's own of this name has no ONNX operator."""
    batch, width, *cells = features.shape
    return (
        features.view(batch, GROUPS, width // GROUPS, *cells).transpose(1, 2).reshape_as(features)
    )


class Fire(nn.Module):
    """1x1 to few channels, from these half by 1x1 and half by 3x3. Source: Iandola et al. 2016."""

    def __init__(self, width: int) -> None:
        super().__init__()
        few = width // SQUEEZE
        self.squeeze = nn.Conv2d(width, few, 1)
        self.one = nn.Conv2d(few, width // 2, 1)
        self.three = nn.Conv2d(few, width // 2, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w), the same again."""
        few = functional.relu(self.squeeze(features))
        return functional.relu(torch.cat([self.one(few), self.three(few)], 1))


class Inverted(nn.Module):
    """Wider, depthwise 3x3, narrow again without a ReLU, added. Source: Sandler et al. 2018."""

    def __init__(self, width: int) -> None:
        super().__init__()
        wide = EXPANSION * width
        self.widen = nn.Conv2d(width, wide, 1)
        self.middle = nn.Conv2d(wide, wide, 3, padding=1, groups=wide)
        self.narrow = nn.Conv2d(wide, width, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, h, w), the same again."""
        wide = functional.relu(self.widen(features))
        made: Tensor = features + self.narrow(functional.relu(self.middle(wide)))
        return made


def _plain(width: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU())


def _separable(width: int) -> nn.Module:
    """Depthwise 3x3, then 1x1, a ReLU behind each. Source: Howard et al. 2017."""
    depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width)
    return nn.Sequential(depthwise, nn.ReLU(), nn.Conv2d(width, width, 1), nn.ReLU())


def _bent(block: Callable[[int], Collapsible]) -> Callable[[int], nn.Module]:
    return lambda width: nn.Sequential(block(width), nn.ReLU())


BLOCKS: dict[str, Callable[[int], nn.Module]] = {
    "plain": _plain,
    "separable": _separable,
    "shuffle": Shuffle,
    "fire": Fire,
    "inverted": Inverted,
    "repvgg": _bent(RepVgg),
    "ecb": _bent(Ecb),
    "sesr": _bent(Sesr),
    "binary": Binary,
}
FOLDING = ("plain", "repvgg", "ecb", "sesr")  # become a PlainNet, and so an integer network


class LightNet(Enlarger):
    """See Enlarger. block: one of `BLOCKS`; shape: without a gate."""

    def __init__(self, block: str, shape: Shape) -> None:
        super().__init__()
        self.block, self.shape, self.gate = block, shape, None
        self.head = nn.Conv2d(shape.factor**2, shape.width, 3)
        self.body = nn.Sequential(*(BLOCKS[block](shape.width) for _ in range(shape.depth)))
        self.tail = nn.Conv2d(shape.width, (2 * shape.factor) ** 2, 3, padding=1)
        self._start_as_the_skip()

    def forward(self, low: Tensor, traces: Tensor) -> Tensor:
        """Enlarge x2 in floating point."""
        del traces
        features = functional.relu(self.head(continued_input(low, self.shape.factor)))
        residual = self.tail(self.body(features)).float()
        return functional.pixel_shuffle(residual, 2 * self.shape.factor) + SKIPS[self.shape.skip](
            low
        )

    def _start_as_the_skip(self) -> None:
        """As PlainNet; what lies inside of a collapsible block begins as torch has it."""
        inside = {
            m for one in self.modules() if isinstance(one, Collapsible) for m in one.modules()
        }
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d) and layer not in inside:
                nn.init.kaiming_normal_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        with torch.no_grad():
            self.tail.weight.mul_(0.1)


def fold(net: LightNet) -> PlainNet:
    """The plain network that gives the same; `net.block` must be one of `FOLDING`."""
    kernels = [_kernel(layer) for layer in (net.head, *net.body, net.tail)]
    plain = PlainNet(net.shape)
    state: dict[str, Tensor] = {}
    for index, (weight, bias) in enumerate(kernels):
        state |= {f"layers.{index}.weight": weight, f"layers.{index}.bias": bias}
    plain.load_state_dict(state)
    return plain


def _kernel(layer: nn.Module) -> tuple[Tensor, Tensor]:
    one = layer[0] if isinstance(layer, nn.Sequential) else layer
    if isinstance(one, Collapsible):
        return one.folded()
    assert isinstance(one, nn.Conv2d)
    assert one.bias is not None
    return one.weight, one.bias
