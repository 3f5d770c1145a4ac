"""The training loop of voices: mixtures in, the moving average of a network's weights out.

A step is drawn from the recipe's seed and its own number, so a training that goes on from a
checkpoint sees what it would have seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pellucid.errors import RecipeError
from pellucid.training.checkpoint import read_checkpoint, write_checkpoint
from pellucid.training.nets.denoise import DenoiseNet
from pellucid.training.soap import Soap
from pellucid.training.voice.losses import denoise_loss
from pellucid.training.voice.mixing import Mixer
from pellucid.training.voice.recipe import DenoiseRecipe
from pellucid.training.voice.sounds import Sounds
from pellucid.training.voice.spectra import to_samples, to_spectra

REPORT_EVERY = 250  # steps
WARM_UP = 200  # steps
EMA = 0.999  # of the weights, a step
FINAL_SHARE = 0.02  # of the learning rate, at the end
GRADIENT_LIMIT = 3.0  # norm


@dataclass(frozen=True)
class Report:
    """How training stands: the step just done, the mean loss since the last report."""

    step: int
    steps: int
    loss: float


class DenoiseTraining:
    """The state of one training, which a checkpoint holds whole."""

    def __init__(self, recipe: DenoiseRecipe, sounds: Sounds) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.sounds = recipe, sounds
        self.mixer = Mixer(sounds, recipe)
        self.net = DenoiseNet(recipe.shape)
        average = get_ema_multi_avg_fn(EMA)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(self.net, multi_avg_fn=average, use_buffers=True)
        self.optimiser = Soap(self.net.parameters(), recipe.learning_rate, dimensions=2)
        self.step = 0

    @property
    def averaged(self) -> DenoiseNet:
        """The network that ships: the moving average of weights and statistics."""
        net = self.average.module
        assert isinstance(net, DenoiseNet)
        return net

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
            "data": self.sounds.digest,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        write_checkpoint(path, state)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint.

        Raises RecipeError when it is damaged, or when another recipe or other data made it.
        """
        state = read_checkpoint(path, recipe=asdict(self.recipe), data=self.sounds.digest)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def _train_step(self) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.recipe, self.step)
        loss = self._loss(*self.mixer.batch(self.step))
        if not torch.isfinite(loss):
            raise RecipeError(f"learning_rate: the loss is no number at step {self.step}")
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), GRADIENT_LIMIT, foreach=True)
        self.optimiser.step()
        self.average.update_parameters(self.net)
        self.step += 1
        return float(loss.detach())

    def _loss(self, mixed: Tensor, clean: Tensor) -> Tensor:
        rate, many = self.sounds.sample_rate, self.recipe.loss == "many"
        target = to_spectra(clean, rate)
        made, _ = self.net(to_spectra(mixed, rate), self.net.start(len(mixed)))
        samples = to_samples(made, rate)
        return denoise_loss(made, target, samples, clean[:, : samples.shape[1]], many)


def learning_rate(recipe: DenoiseRecipe, step: int) -> float:
    """Linear warm-up, then half a cosine down to a fiftieth."""
    cosine = (1 + math.cos(math.pi * step / recipe.steps)) / 2
    share = FINAL_SHARE + (1 - FINAL_SHARE) * cosine
    return recipe.learning_rate * share * min(1.0, (step + 1) / WARM_UP)
