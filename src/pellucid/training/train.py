"""The training loop: a recipe and pairs in, a float network and its integer twin out.

SOAP with warm-up and a cosine to a small rate; an exponential moving average of the weights is
what ships. The float phase computes in bfloat16 where the processor has it: same result, less
time. After it the activation steps are measured once, and the rest of the training runs through
the exact simulation of the integer network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pellucid.training.batches import Batch, Batches
from pellucid.training.checkpoint import read_checkpoint, write_checkpoint
from pellucid.training.losses import LOSSES
from pellucid.training.nets.plain import Enlarger, PlainNet
from pellucid.training.quantise import measure_steps, simulate
from pellucid.training.recipe import Recipe
from pellucid.training.schedule import rate_share
from pellucid.training.soap import Soap

HAS_BFLOAT16 = torch.cpu.get_capabilities().get("avx512_bf16", False)
REPORT_EVERY = 1000
GRADIENT_LIMIT = 0.5  # norm; a rare patch would otherwise throw the moments off for long
EMA = 0.999  # of the weights, a step
FINAL_SHARE = 0.01  # of the learning rate, at the end
MEASURED_BATCHES = 80  # the activation steps come from this many


@dataclass(frozen=True)
class Report:
    """How training stands: the step just done, the mean loss since the last report."""

    step: int
    steps: int
    loss: float
    quantised: bool


class Training:
    """The state of one training, which a checkpoint holds whole."""

    def __init__(self, recipe: Recipe, batches: Batches, net: Enlarger | None = None) -> None:
        """net: to train in the place of the recipe's own; it is changed."""
        torch.manual_seed(recipe.seed)
        self.recipe, self.batches = recipe, batches
        if net is None:
            net = PlainNet(recipe.shape)
            if net.gate:
                net.gate.standardise(batches.traces)
        self.net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        average = get_ema_multi_avg_fn(EMA)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(self.net, multi_avg_fn=average)
        self.optimiser = Soap(self.net.parameters(), recipe.learning_rate)
        self.step = 0
        self.steps_of_layers: list[float] = []

    @property
    def averaged(self) -> PlainNet:
        """The network that ships: the moving average of the weights."""
        net = self.average.module
        assert isinstance(net, PlainNet)
        return net

    def run(self, report: Callable[[Report], None]) -> None:
        """Train to the recipe's last step, reporting now and then."""
        total, since = 0.0, 0
        while self.step < self.recipe.steps:
            total, since = total + self._train_step(), since + 1
            if self.step % REPORT_EVERY == 0 or self.step == self.recipe.steps:
                quantised = bool(self.steps_of_layers)
                report(Report(self.step, self.recipe.steps, total / since, quantised))
                total, since = 0.0, 0

    def loss(self, made: Tensor, batch: Batch) -> Tensor:
        """How far what was made of a batch is from it; the recipe's."""
        return LOSSES[self.recipe.loss](made, batch.high / 255)

    def start_from(self, net: PlainNet) -> None:
        """Take another network's weights for the first ones."""
        self.net.load_state_dict(net.state_dict())
        self.averaged.load_state_dict(net.state_dict())

    def save(self, path: Path) -> None:
        """Write everything `load` needs to go on as if never stopped."""
        state = {
            "recipe": asdict(self.recipe),
            "data": self.batches.digest,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "steps_of_layers": self.steps_of_layers,
        }
        write_checkpoint(path, state)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint.

        Raises RecipeError when it is damaged, or when another recipe or other data made it.
        """
        state = read_checkpoint(path, recipe=asdict(self.recipe), data=self.batches.digest)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.steps_of_layers = state["step"], state["steps_of_layers"]

    def _train_step(self) -> float:
        if self.step == round(self.recipe.steps * (1 - self.recipe.quantise_share)):
            self._begin_quantised_phase()
        share = rate_share(self.step, self.recipe.steps, FINAL_SHARE)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * share
        if self.net.gate:
            self.net.gate.cool(self.step / self.recipe.steps)
        batch = self.batches.draw(self.step)
        loss = self.loss(self._enlarge(batch), batch)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), GRADIENT_LIMIT, foreach=True)
        self.optimiser.step()
        self.average.update_parameters(self.net)
        self.step += 1
        return float(loss.detach())

    def _enlarge(self, batch: Batch) -> Tensor:
        low = batch.low.contiguous(memory_format=torch.channels_last)
        if self.steps_of_layers:
            assert isinstance(self.net, PlainNet)
            return simulate(self.net, self.steps_of_layers, low, batch.traces) / 255
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
            enlarged: Tensor = self.net(low / 255, batch.traces)
        return enlarged

    def _begin_quantised_phase(self) -> None:
        """Measure on the averaged weights, and go on from them: they are the better start."""
        self.net.load_state_dict(self.averaged.state_dict())
        self.measure()

    def measure(self) -> None:
        """Measure the activation steps on the averaged weights, on typical batches."""
        net = self.averaged.eval()
        batches = [self.batches.draw(step) for step in range(MEASURED_BATCHES)]
        low, traces = (torch.cat([getattr(b, name) for b in batches]) for name in ("low", "traces"))
        self.steps_of_layers = measure_steps(net, low / 255, traces)
