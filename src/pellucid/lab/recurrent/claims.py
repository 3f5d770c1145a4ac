"""What the guide says, as pairs of arms and the difference that it promises."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pellucid.errors import RecipeError
from pellucid.lab.recurrent.arms import ARMS, RATES, UNIT_RATES
from pellucid.lab.verdict import HIGHER, LOWER, Span

BEST = " *"  # of a unit's or an optimiser's three rates: the one with the lowest mean error
ALIKE = 1.0  # per cent of the error: what is less is not worth a word
SLIGHTLY = Span(0, 10)
NO_HELP = Span(-ALIKE, math.inf)
NO_WORSE = Span(-math.inf, ALIKE)
METRICS = ("mse", "mae", "si_sdr", "learned mse", "ms")


@dataclass(frozen=True)
class Claim:
    """An arm against a rival, and where their difference is said to lie.

    metric: "mse" or "mae" of held-out gains, "learned mse" of those learned from, or "ms" of a
    step, in per cent of the rival's; or "si_sdr" of held-out sounds, in dB.
    Raises RecipeError for names that are not there.
    """

    text: str
    arm: str
    rival: str
    claimed: Span = LOWER
    metric: str = "mse"

    def __post_init__(self) -> None:
        """Refuse what was never trained."""
        for name in (self.arm, self.rival):
            if not candidates(name):
                raise RecipeError(f"claim: expected an arm, got {name}")
        if self.metric not in METRICS:
            raise RecipeError(f"metric: expected one of {', '.join(METRICS)}, got {self.metric}")


def candidates(name: str) -> list[str]:
    """The arms that a name stands for."""
    if name.endswith(BEST):
        start = name.removesuffix(BEST)
        return [f"{start} at {rate:g}" for rate in {**RATES, **UNIT_RATES}.get(start, ())]
    return [name] if name in ARMS else []


CLAIMS: dict[str, tuple[Claim, ...]] = {
    "Units": (
        Claim("At equal parameters an LSTM errs less than a plain RNN", "lstm *", "rnn *"),
        Claim("At equal parameters a GRU errs less than an LSTM", "gru *", "lstm *"),
        Claim("Its 3/4 of the parameters make a GRU's step cheaper than that of an LSTM of equal "
              "hidden size", "gru", "lstm of equal hidden", LOWER, "ms"),
        Claim("An SRU of equal hidden size errs slightly more than a GRU (by up to 10 %)",
              "sru *", "gru *", SLIGHTLY),
        Claim("An SRU's step is cheaper than a GRU's", "sru", "gru", LOWER, "ms"),
        Claim("ReLU in place of tanh inside of the cell lowers the error",
              "gru with relu", "gru with tanh"),
        Claim("ReLU inside of the cell is cheaper than tanh (both written out)",
              "gru with relu", "gru with tanh", LOWER, "ms"),
        Claim("Orthogonal recurrent matrices at the start lower the error", "orthogonal", "gru"),
    ),
    "Layers around a unit": (
        Claim("Leaky ReLU errs less than ReLU", "leaky relu", "relu"),
        Claim("PReLU errs less than leaky ReLU", "prelu", "leaky relu"),
        Claim("Leaky ReLU's step costs more than ReLU's", "leaky relu", "relu", HIGHER, "ms"),
        Claim("PReLU's step costs more than leaky ReLU's", "prelu", "leaky relu", HIGHER, "ms"),
        Claim("Attention to the last 20 frames behind a GRU lowers the error",
              "gru, attention", "gru"),
        Claim("Attention to the last 20 frames does as well without a GRU (within 1 %)",
              "attention", "gru", NO_WORSE),
        Claim("GRU-PReLU-dense-tanh-GRU errs less than two GRU layers",
              "gru-prelu-dense-tanh-gru", "two layers"),
        Claim("GRU-PReLU-LayerNorm-GRU errs less than two GRU layers",
              "gru-prelu-norm-gru", "two layers"),
        Claim("At batch 4 LayerNorm errs less than BatchNorm",
              "layer norm, batch 4", "batch norm, batch 4"),
        Claim("At batch 64 BatchNorm errs less than LayerNorm",
              "batch norm, batch 64", "layer norm, batch 64"),
        Claim("A convolution after the GRU errs less than one before", "cnn after", "cnn before"),
    ),
    "One large unit or several small": (
        Claim("Four small GRUs err more than a large one of equal hidden size",
              "small", "gru", HIGHER),
        Claim("Four small GRUs of equal parameters err less than a large one",
              "small of equal size", "gru"),
        Claim("Four small GRUs of equal hidden size take a cheaper step",
              "small", "gru", LOWER, "ms"),
        Claim("A shuffle between two layers of groups lowers the error",
              "split, shuffled", "split"),
    ),
    "What goes in, what is asked for": (
        Claim("Normalised inputs err less than raw logarithms", "gru", "not normalised"),
        Claim("Whitened principal components err less than normalised bands", "pca", "gru"),
        Claim("Half of the principal components do as well as all bands (within 1 %)",
              "pca of half", "gru", NO_WORSE),
        Claim("Training by MAE has the lower MAE", "mae", "gru", LOWER, "mae"),
        Claim("Training by MAE has the higher MSE", "mae", "gru", HIGHER, "mse"),
        Claim("Training by MAE gives the better sound (SI-SDR)", "mae", "gru", HIGHER, "si_sdr"),
    ),
    "Overfitting": (
        Claim("A tenth of the data is learned better than all", "a tenth", "gru", LOWER,
              "learned mse"),
        Claim("A network that learned a tenth errs more on what it never heard",
              "a tenth", "gru", HIGHER),
        Claim("On a tenth of the data dropout helps", "a tenth, dropout", "a tenth"),
        Claim("On a tenth of the data L1 helps", "a tenth, l1", "a tenth"),
        Claim("On a tenth of the data L2 helps", "a tenth, l2", "a tenth"),
        Claim("On all data dropout does not help (by 1 % or more)", "dropout", "gru", NO_HELP),
        Claim("On all data L1 does not help (by 1 % or more)", "l1", "gru", NO_HELP),
        Claim("On all data L2 does not help (by 1 % or more)", "l2", "gru", NO_HELP),
    ),
    "Optimisers and rates": (
        Claim("Adagrad errs less than SGD", "adagrad *", "sgd *"),
        Claim("Adadelta errs less than Adagrad", "adadelta *", "adagrad *"),
        Claim("RMSprop errs less than Adadelta", "rmsprop *", "adadelta *"),
        Claim("Adam errs less than RMSprop", "adam *", "rmsprop *"),
        Claim("Adam errs less than SGD", "adam *", "sgd *"),
        Claim("NAdam errs less than Adam", "nadam *", "adam *"),
        Claim("NAdam's step costs more than Adam's",
              "nadam at 0.001", "adam at 0.001", HIGHER, "ms"),
        Claim("Adam finished by SGD errs less than Adam with decay", "adam, then sgd", "gru"),
        Claim("Adam at 0.001 errs less than at 0.0001", "adam at 0.001", "adam at 0.0001"),
        Claim("Adam at 0.001 errs less than at 0.01", "adam at 0.001", "adam at 0.01"),
        Claim("Adam at 0.01 errs less than at 0.1", "adam at 0.01", "adam at 0.1"),
        Claim("Halving the rate every 10 epochs errs less than a constant rate",
              "halving, long", "constant, long"),
        Claim("Halving the rate every 10 epochs errs less than ReduceLROnPlateau",
              "halving, long", "plateau, long"),
    ),
}  # fmt: skip
