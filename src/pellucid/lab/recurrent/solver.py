"""Trains one arm from one seed: the seed sets the weights, the order of the data and its share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adadelta, Adagrad, Adam, NAdam, Optimizer, RMSprop

from pellucid.errors import RecipeError
from pellucid.lab.recurrent.arms import Arm
from pellucid.lab.recurrent.features import hearing_of, width_of
from pellucid.lab.recurrent.nets import make_net
from pellucid.lab.recurrent.problem import Problem
from pellucid.lab.recurrent.rates import Rates

GRADIENT_LIMIT = 1.0  # norm
FINISH = 0.75  # of the steps are Adam's, the rest SGD's
FINISH_RATE = 10.0  # SGD's; its best of `arms.RATES`
SCORED = 200  # pieces, of those that were learned from or of the others
Pieces = npt.NDArray[np.int64]
OPTIMISERS: dict[str, type[Optimizer]] = {
    "sgd": SGD, "adagrad": Adagrad, "adadelta": Adadelta, "rmsprop": RMSprop, "adam": Adam,
    "nadam": NAdam,
}  # fmt: skip


class Fit:
    """One training. losses: of each step done, of the kind that the arm names, without penalties.

    Raises RecipeError for an unknown optimiser or network.
    """

    def __init__(self, arm: Arm, problem: Problem, seed: int, steps: int) -> None:
        torch.manual_seed(seed)
        self.arm, self.problem = arm, problem
        self.steps = round(steps * arm.lengthened)
        self.net = make_net(arm.net, width_of(arm.hears))
        self.losses: list[float] = []
        self._watched: list[float] = []
        self._rng = np.random.default_rng(seed)
        pieces = problem.learned.levels.shape[1]
        shuffled, own = self._rng.permutation(pieces), max(round(pieces * arm.share), 1)
        self._own, self._others = shuffled[:own], shuffled[own:][:SCORED]
        self._hear = hearing_of(arm.hears, problem.learned.levels[:, self._own])
        self._levels = self._hear(problem.learned.levels)
        self._order = self._pieces()
        self._optimiser = _optimiser(arm.optimiser.split(", ")[0], self.net, arm.learning_rate)
        self._rates = Rates(arm.schedule, arm.learning_rate, self.steps, self._epoch)

    @property
    def _epoch(self) -> int:
        """Steps that see each piece once; a last small batch waits for the next round."""
        return max(len(self._own) // self.arm.batch, 1)

    def run(self) -> None:
        """All steps; a loss that is no number ends them."""
        while len(self.losses) < self.steps:
            if not np.isfinite(self.step()):
                break

    def step(self) -> float:
        """One step; gives its loss."""
        if "," in self.arm.optimiser and len(self.losses) == round(FINISH * self.steps):
            self._optimiser = _optimiser("sgd", self.net, FINISH_RATE)
            self._rates = Rates("constant", FINISH_RATE, self.steps, self._epoch)
        for group in self._optimiser.param_groups:
            group["lr"] = self._rates.after(len(self.losses), self._watched)
        chosen = next(self._order)
        made = self.net(self._levels[:, chosen])
        loss = error(made, self.problem.learned.gains[:, chosen], self.arm.loss)
        self._optimiser.zero_grad()
        (loss + self._penalty()).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), GRADIENT_LIMIT)
        self._optimiser.step()
        self.losses.append(float(loss.detach()))
        if self.arm.schedule == "watching" and len(self.losses) % self._epoch == 0:
            self._watched.append(self._error_of(self._others))
        return self.losses[-1]

    def scores(self) -> dict[str, float]:
        """On held-out mixtures: mse, mae, si_sdr in dB. On what was learned from: learned mse."""
        held_out = self.problem.held_out
        made = self._gains(self._hear(held_out.levels))
        return {
            "mse": float(error(made, held_out.gains, "mse")),
            "mae": float(error(made, held_out.gains, "mae")),
            "si_sdr": self.problem.si_sdr(made),
            "learned mse": self._error_of(self._own[:SCORED]),
        }

    def _error_of(self, pieces: Pieces) -> float:
        """The mean square on some pieces, of the network as it stands."""
        some = torch.from_numpy(pieces)
        made = self._gains(self._levels[:, some])
        return float(error(made, self.problem.learned.gains[:, some], "mse"))

    def _gains(self, heard: Tensor) -> Tensor:
        """Of the network as it stands; what is no number counts as 1, the sound left as it is."""
        self.net.eval()
        with torch.no_grad():
            made: Tensor = self.net(heard)
        self.net.train()
        return made.nan_to_num(nan=1.0)

    def _penalty(self) -> Tensor | float:
        if not (self.arm.l1 or self.arm.l2):
            return 0.0
        flat = torch.cat([p.flatten() for p in self.net.parameters() if p.ndim > 1])
        return self.arm.l1 * flat.abs().sum() + self.arm.l2 * flat.square().sum()

    def _pieces(self) -> Iterator[Tensor]:
        """Numbers of the pieces of each step, a fresh order each epoch."""
        batch = min(self.arm.batch, len(self._own))
        while True:
            order = torch.from_numpy(self._rng.permutation(self._own))
            yield from (order[n * batch : (n + 1) * batch] for n in range(self._epoch))


def error(made: Tensor, wanted: Tensor, kind: str) -> Tensor:
    """The mean over everything of squares ("mse") or of sizes ("mae") of what is wrong."""
    wrong = made - wanted
    return wrong.square().mean() if kind == "mse" else wrong.abs().mean()


def _optimiser(name: str, net: nn.Module, learning_rate: float) -> Optimizer:
    if name not in OPTIMISERS:
        raise RecipeError(f"optimiser: expected one of {', '.join(OPTIMISERS)}, got {name}")
    return OPTIMISERS[name](net.parameters(), lr=learning_rate)  # type: ignore[call-arg]
