"""Trains arms in the order they need, keeps their weights, and measures what their files hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from pellucid.lab.compress.arms import Arm
from pellucid.lab.compress.outcome import Measured
from pellucid.lab.compress.sizes import as_kept, integer, sizes_of_float, sizes_of_integer
from pellucid.training.batches import Batches
from pellucid.training.checkpoint import read_checkpoint, write_checkpoint
from pellucid.training.compress.distil import Taught
from pellucid.training.compress.weights import tensors_of, weights_of
from pellucid.training.dataset import Dataset
from pellucid.training.nets.binary import Binary
from pellucid.training.nets.light import FOLDING, LightNet, fold
from pellucid.training.nets.plain import Enlarger, PlainNet
from pellucid.training.recipe import Recipe
from pellucid.training.train import Training
from pellucid.training.validate import held_out, scores
from pellucid.video.model import CARD_SIZE

TAUGHT = 0.5  # share of the loss that a teacher has


@dataclass(frozen=True)
class Plan:
    """base: the recipe whose data and loss all share. whole, tune: steps of a training and of one
    that goes on. folder: where trained weights are kept.
    """

    base: Recipe
    whole: int
    tune: int
    folder: Path


class Solver:
    """Arms by name; one that another starts from is trained first, and once."""

    def __init__(self, plan: Plan, dataset: Dataset, arms: Mapping[str, Arm]) -> None:
        self._plan, self._dataset, self._arms = plan, dataset, arms
        self._held_out = held_out(dataset)

    def measure(self, name: str) -> Measured:
        """Train an arm and measure what its smallest file holds."""
        arm, training = self._arms[name], self._train(name)
        net, steps = runs_as(training.net), training.steps_of_layers
        kept = net if arm.integer else as_kept(net)
        cells = CARD_SIZE[0] * CARD_SIZE[1] // arm.size[2] ** 2
        weights = list(weights_of(net).values())
        signs = [one.conv.weight for one in net.modules() if isinstance(one, Binary)]
        return Measured(
            arm=name, steps=training.step,
            parameters=sum(one.numel() for one in tensors_of(net).values()),
            macs=cells * sum(one.numel() for one in weights),
            nonzero=cells * sum(int(one.count_nonzero()) for one in weights),
            bits=cells * sum(one.numel() for one in signs),
            sizes=sizes_of_integer(integer(net, steps)) if arm.integer else sizes_of_float(net),
            whole=self._gains(net, steps), gains=self._gains(kept, steps),
        )  # fmt: skip

    def net(self, name: str) -> PlainNet:
        """What a plain arm's training left: plain weights."""
        path = self._path(name)
        if not path.exists():
            self._train(name)
        state = read_checkpoint(path, **self._origin(name))["net"]
        shape = self._recipe(name).shape
        net = PlainNet(replace(shape, width=len(state["layers.0.weight"])))
        net.load_state_dict(state)
        return net

    def kept(self, name: str) -> Enlarger:
        """What the file of a trained arm without a start, or of a plain one, holds; to be run."""
        arm = self._arms[name]
        if not arm.block:
            return as_kept(self.net(name)).eval()
        net = arm.make(self._recipe(name), None)
        net.load_state_dict(read_checkpoint(self._path(name), **self._origin(name))["net"])
        return as_kept(runs_as(net)).eval()

    def _train(self, name: str) -> Training:
        arm, recipe = self._arms[name], self._recipe(name)
        start = self.net(arm.start) if arm.start else None
        torch.manual_seed(recipe.seed)
        net, batches = arm.make(recipe, start), Batches(self._dataset, recipe)
        if arm.teacher:
            training: Training = Taught(recipe, batches, net, (self.net(arm.teacher), TAUGHT))
        else:
            training = Training(recipe, batches, net)
        if arm.steps:
            training.run(lambda report: None)
        elif arm.integer:
            training.measure()
        state = self._origin(name) | {"net": tensors_of(training.net)}
        write_checkpoint(self._path(name), state)
        return training

    def _gains(self, net: Enlarger, steps: list[float]) -> dict[str, float]:
        """dB over bicubic by held-out group; with steps, of the integer network."""
        found, method = scores(self._held_out, net, steps), "integer" if steps else "float"
        return {
            group: found[f"{group} {method}"] - found[f"{group} bicubic"]
            for group in self._held_out.groups
        }

    def _recipe(self, name: str) -> Recipe:
        return self._arms[name].recipe(self._plan.base, self._plan.whole, self._plan.tune)

    def _origin(self, name: str) -> dict[str, Any]:
        """What a kept training has to be of."""
        return {"recipe": asdict(self._recipe(name)), "data": self._dataset.digest}

    def _path(self, name: str) -> Path:
        return self._plan.folder / f"{name.replace(' ', '-')}.pt"


def runs_as(net: Enlarger) -> Enlarger:
    """The network that an engine would be given: with branches folded."""
    return fold(net.eval()) if isinstance(net, LightNet) and net.block in FOLDING else net
