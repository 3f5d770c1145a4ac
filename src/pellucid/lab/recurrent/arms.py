"""Everything that is trained: each arm says what it does in another way than the ordinary one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Hears = Literal["levels", "normalised", "whitened", "half"]
Schedule = Literal["cosine", "constant", "halving", "watching"]


@dataclass(frozen=True)
class Arm:
    """How to train one network; the ordinary way where nothing is said.

    net: one of `nets.NETS`. hears: log10 of power as it is, each band normalised, or the
    normalised bands turned onto all their principal components or onto the first half, each of
    variance 1. l1, l2: weights in the loss of the sums of sizes and of squares over the matrices.
    share: of the data, a batch being `batch` pieces. optimiser: one of `solver.OPTIMISERS`, or
    "adam, sgd", whose last quarter is SGD. schedule: of the rate, over the steps: half a cosine
    down to 0, none, halved every 10 epochs, or halved where the error on pieces that the arm does
    not learn from stands still (ReduceLROnPlateau), which takes a share below 1.
    lengthened: how often the ordinary number of steps.
    """

    net: str = "gru"
    hears: Hears = "normalised"
    loss: Literal["mse", "mae"] = "mse"
    l1: float = 0.0
    l2: float = 0.0
    share: float = 1.0
    batch: int = 32
    optimiser: str = "adam"
    learning_rate: float = 0.01
    schedule: Schedule = "cosine"
    lengthened: float = 1.0


BASE = "gru"
TENTH, QUARTER = 0.1, 0.25  # of the data
L1, L2 = 1e-5, 1e-4
# The three rates of each, a decade apart; tried once so that the best is not at an end.
RATES = {
    "sgd": (1.0, 10.0, 100.0),
    "adagrad": (0.01, 0.1, 1.0),
    "adadelta": (1.0, 10.0, 100.0),
    "rmsprop": (0.001, 0.01, 0.1),
    "adam": (0.001, 0.01, 0.1),
    "nadam": (0.001, 0.01, 0.1),
}
# Units are compared each at its own best: one rate for all would favour some.
UNIT_RATES = dict.fromkeys(("rnn", "lstm", "gru", "sru"), (0.003, 0.01, 0.03))
NETS_ALONE = (
    "gru", "lstm of equal hidden", "sru", "gru with relu", "gru with tanh",
    "orthogonal", "relu", "leaky relu", "prelu", "dropout", "attention", "gru, attention",
    "two layers", "gru-prelu-dense-tanh-gru", "gru-prelu-norm-gru", "cnn before", "cnn after",
    "small", "small of equal size", "split", "split, shuffled",
)  # fmt: skip

ARMS: dict[str, Arm] = {
    **{net: Arm(net) for net in NETS_ALONE},
    "l1": Arm(l1=L1),
    "l2": Arm(l2=L2),
    "a tenth": Arm(share=TENTH),
    "a tenth, dropout": Arm("dropout", share=TENTH),
    "a tenth, l1": Arm(l1=L1, share=TENTH),
    "a tenth, l2": Arm(l2=L2, share=TENTH),
    **{
        f"{name} at {rate:g}": Arm(optimiser=name, learning_rate=rate, schedule="constant")
        for name, rates in RATES.items()
        for rate in rates
    },
    **{
        f"{net} at {rate:g}": Arm(net, learning_rate=rate)
        for net, rates in UNIT_RATES.items()
        for rate in rates
    },
    "adam at 0.0001": Arm(learning_rate=0.0001, schedule="constant"),
    "adam, then sgd": Arm(optimiser="adam, sgd", schedule="constant"),
    "constant, long": Arm(share=QUARTER, schedule="constant", lengthened=2.0),
    "halving, long": Arm(share=QUARTER, schedule="halving", lengthened=2.0),
    "plateau, long": Arm(share=QUARTER, schedule="watching", lengthened=2.0),
    **{
        f"{norm} norm, batch {size}": Arm(f"{norm} norm", batch=size)
        for norm in ("layer", "batch")
        for size in (4, 64)
    },
    "not normalised": Arm(hears="levels"),
    "pca": Arm(hears="whitened"),
    "pca of half": Arm(hears="half"),
    "mae": Arm(loss="mae"),
}
