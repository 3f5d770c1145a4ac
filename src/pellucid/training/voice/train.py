"""The training loop of voices: a task in, the moving average of its network's weights out.

A step is drawn from the recipe's seed and its own number, so a training that goes on from a
checkpoint sees what it would have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from pellucid.errors import RecipeError
from pellucid.training.checkpoint import read_checkpoint, write_checkpoint
from pellucid.training.growing import grow
from pellucid.training.schedule import rate_share
from pellucid.training.soap import Soap
from pellucid.training.voice.recipe import VoiceRecipe

REPORT_EVERY = 500  # steps
EMA = 0.999  # of the weights, a step
FINAL_SHARE = 0.02  # of the learning rate, at the end
GRADIENT_LIMIT = 3.0  # norm


@dataclass(frozen=True)
class Report:
    """How training stands: the step just done, the mean loss since the last report."""

    step: int
    steps: int
    loss: float


class Task(Protocol):
    """What to train: a network, and its loss on what a step draws."""

    digest: str  # of the data

    @property
    def recipe(self) -> VoiceRecipe:
        """What was asked for."""

    @property
    def net(self) -> nn.Module:
        """What learns."""

    def loss(self, step: int) -> Tensor:
        """Of the network as it is, on this step's sounds."""


class Training:
    """The state of one training, which a checkpoint holds whole."""

    def __init__(self, task: Task) -> None:
        self.task, self.recipe = task, task.recipe
        self.average = AveragedModel(task.net, avg_fn=_average, use_buffers=True)
        self.optimiser = Soap(task.net.parameters(), self.recipe.learning_rate, dimensions=2)
        self.step = 0

    @property
    def averaged(self) -> nn.Module:
        """The network that ships: the moving average of weights and statistics."""
        return self.average.module

    def run(self, report: Callable[[Report], None]) -> None:
        """Train to the recipe's last step, reporting now and then."""
        total, since = 0.0, 0
        while self.step < self.recipe.steps:
            total, since = total + self._train_step(), since + 1
            if self.step % REPORT_EVERY == 0 or self.step == self.recipe.steps:
                report(Report(self.step, self.recipe.steps, total / since))
                total, since = 0.0, 0

    def save(self, path: Path) -> None:
        """Write everything `load` needs to go on as if never stopped."""
        state = {
            "recipe": asdict(self.recipe),
            "data": self.task.digest,
            "net": self.task.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        write_checkpoint(path, state)

    def begin_with(self, paths: Sequence[Path]) -> None:
        """Begin with the averaged weights of another run's checkpoint, see `grow`, or with the mean
        of several whose networks are alike (Izmailov et al. 2018, of one training's turns).

        Raises RecipeError when one is damaged, or of a network that does not fit into this one, or
        is none like the others.
        """
        grow(self.task.net, _mean([_weights(path) for path in paths]))
        self.average = AveragedModel(self.task.net, avg_fn=_average, use_buffers=True)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint.

        Raises RecipeError when it is damaged, or when another recipe or other data made it.
        """
        state = read_checkpoint(path, recipe=asdict(self.recipe), data=self.task.digest)
        self.task.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def _train_step(self) -> float:
        share = rate_share(self.step, self.recipe.steps, FINAL_SHARE)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * share
        loss = self.task.loss(self.step)
        if not torch.isfinite(loss):
            raise RecipeError(f"learning_rate: the loss is no number at step {self.step}")
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.task.net.parameters(), GRADIENT_LIMIT, foreach=True)
        self.optimiser.step()
        self.average.update_parameters(self.task.net)
        self.step += 1
        return float(loss.detach())


def _weights(path: Path) -> dict[str, Tensor]:
    averaged = read_checkpoint(path)["average"].items()
    return {k.removeprefix("module."): v for k, v in averaged if k.startswith("module.")}


def _mean(networks: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Of each weight; of what is no fraction, such as a count, the first."""
    first, *others = networks
    shapes = [{name: x.shape for name, x in each.items()} for each in networks]
    if any(each != shapes[0] for each in shapes):
        raise RecipeError("start: no mean of networks of several shapes")
    return {
        name: sum((each[name] for each in others), x) / len(networks)
        if x.is_floating_point()
        else x
        for name, x in first.items()
    }


def _average(average: Tensor, now: Tensor, count: Tensor | int) -> Tensor:
    """The moving average, shorter at first so that it forgets how it began."""
    share = min(EMA, (1 + int(count)) / (10 + int(count)))
    return average + (1 - share) * (now - average) if now.is_floating_point() else now
