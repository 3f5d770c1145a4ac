"""What is tried: each arm makes a network smaller, from scratch or from what another arm left."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from pellucid.training.compress.channels import narrowed
from pellucid.training.compress.pruning import prune_smallest
from pellucid.training.compress.rounding import round_weights
from pellucid.training.compress.sharing import share_values
from pellucid.training.nets.light import BLOCKS, LightNet
from pellucid.training.nets.plain import Enlarger, PlainNet
from pellucid.training.recipe import Recipe

Change = Callable[[PlainNet], PlainNet]
# Width, depth, factor: 133,408 parameters, 61,296 and 10,020.
LARGE, MIDDLE, SMALL = (48, 6, 2), (32, 6, 2), (16, 4, 1)
NARROW = "plain 16"
VALUES = 32  # of a codebook, 5 bits; 16 lost 0.03 dB more
FINE = 1e-3  # learning rate of what is nearly done


@dataclass(frozen=True)
class Arm:
    """One network. size: as LARGE. start: the arm whose weights it begins with; none: new ones.

    change: what becomes of them. block: of `BLOCKS`; none for the plain net. steps: "whole", or how
    many times those of a training that goes on. integer: trained and measured as the integer
    network. fine: learns at FINE. Else at the recipe's rate, from the top: what was pruned comes
    back better so than at a low rate (Renda et al. 2020). teacher: an arm, or none.
    """

    about: str
    size: tuple[int, int, int] = LARGE
    start: str = ""
    change: Change | None = None
    block: str = ""
    steps: Literal["whole"] | int = 1
    integer: bool = False
    fine: bool = False
    teacher: str = ""

    def recipe(self, base: Recipe, whole: int, tune: int) -> Recipe:
        """whole, tune: steps of a training, and of one that goes on."""
        width, depth, factor = self.size
        steps = whole if self.steps == "whole" else max(1, self.steps * tune)
        return replace(
            base, width=width, depth=depth, factor=factor, levels=1, level_steps=0, steps=steps,
            strength=(1.0,), quantise_share=float(self.integer),
            learning_rate=FINE if self.fine else base.learning_rate,
        )  # fmt: skip

    def make(self, recipe: Recipe, start: Enlarger | None) -> Enlarger:
        """The network to train. start: of the arm of that name; not changed."""
        if self.block:
            return LightNet(self.block, recipe.shape)
        if start is None:
            return PlainNet(recipe.shape)
        assert isinstance(start, PlainNet)
        net = copy.deepcopy(start)
        return self.change(net) if self.change else net


def _pruned(share: float, net: PlainNet) -> PlainNet:
    prune_smallest(net, share)
    return net


def _shared(values: int, net: PlainNet) -> PlainNet:
    share_values(net, values)
    return net


def _rounded(bits: int, net: PlainNet) -> PlainNet:
    round_weights(net, bits)
    return net


def _narrow(width: int, net: PlainNet) -> PlainNet:
    return narrowed(net, width)


def pruned(share: float) -> Change:
    """This share of all weights held at zero."""

    def change(net: PlainNet) -> PlainNet:
        prune_smallest(net, share)
        return net

    return change


def shared(net: PlainNet) -> PlainNet:
    """`VALUES` values a layer."""
    share_values(net, VALUES)
    return net


def four_bits(net: PlainNet) -> PlainNet:
    """15 values a channel, evenly spaced."""
    round_weights(net, 4)
    return net


def narrow(width: int) -> Change:
    """That many channels a layer."""
    return lambda net: narrowed(net, width)


PIPELINE = {
    "large": Arm("as trained", steps="whole"),
    "longer": Arm("trained on for as many steps as the pipeline", start="large", steps=5),
    "pruned 50": Arm("half of the weights pruned", start="large", change=pruned(0.5)),
    "pruned 70": Arm("then 70 %", start="pruned 50", change=pruned(0.7)),
    "pruned 82": Arm("then 82 %", start="pruned 70", change=pruned(0.82), steps=2),
    "shared": Arm(f"then {VALUES} values a layer", start="pruned 82", change=shared, fine=True),
}
OTHERS = {
    "int8": Arm("8 bits, not trained on", start="large", steps=0, integer=True),
    "int4": Arm("weights of 4 bits, not trained on", start="large", change=four_bits, steps=0,
                integer=True),
    "narrow 32": Arm("32 channels of 48 kept", start="large", change=narrow(32)),
    "narrow 24": Arm("then 24", start="narrow 32", change=narrow(24)),
    "student": Arm("24 channels from the start", (24, 6, 2), steps=2),
    "taught": Arm("the same, taught by the large one", (24, 6, 2), steps=2, teacher="large"),
    "int8 trained": Arm("8 bits, trained on", start="large", integer=True, fine=True),
    "int4 trained": Arm("weights of 4 bits, trained on", start="large", change=four_bits,
                        integer=True, fine=True),
}  # fmt: skip
TEN_THOUSAND = {
    "small": Arm("as trained", SMALL, steps="whole"),
    "small longer": Arm("trained on", SMALL, start="small", fine=True),
    "small int8": Arm("8 bits, trained on", SMALL, start="small", integer=True, fine=True),
    "small int4 raw": Arm("weights of 4 bits, not trained on", SMALL, start="small",
                          change=four_bits, steps=0, integer=True),
    "small int4": Arm("weights of 4 bits, trained on", SMALL, start="small", change=four_bits,
                      integer=True, fine=True),
    "small pruned": Arm("half pruned, 8 bits, trained on", SMALL, start="small",
                        change=pruned(0.5), integer=True, fine=True),
}  # fmt: skip
LIGHT = {block: Arm(f"blocks: {block}", MIDDLE, block=block, steps=2) for block in BLOCKS}
# Of about as many MACs as the lightest blocks: what they have to be better than.
LIGHT |= {NARROW: Arm("blocks: plain, half as wide", (16, 6, 2), block="plain", steps=2)}
GROUPS = {"pipeline": PIPELINE, "others": OTHERS, "small": TEN_THOUSAND, "blocks": LIGHT}
ARMS = {name: arm for group in GROUPS.values() for name, arm in group.items()}
