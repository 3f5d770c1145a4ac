"""Trains one arm from all seeds at once: batched matrices, a stream of chance for each seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.optim import Adam
from torch.optim.lr_scheduler import CosineAnnealingLR

from pellucid.errors import RecipeError
from pellucid.lab.collapse.arms import Arm
from pellucid.lab.collapse.geometry import Array, Data
from pellucid.lab.collapse.nets import Layers
from pellucid.lab.collapse.starts import Starts
from pellucid.training import constraints

BATCH, HIDDEN = 64, 64
# Adam's. With Settings.critic_rate those of Metz et al. 2017: the critic learns slower.
RATE, MOMENTS = 1e-3, (0.5, 0.999)
CODING_RATE, USUAL = 2e-3, (0.9, 0.999)  # the autoencoder's
PROBED = 500  # samples at which J is taken


@dataclass(frozen=True)
class Settings:
    """seeds: how many trainings, from 0 on. steps: of the adversaries, and of an autoencoder.
    critic_rate: Adam's, of the adversary; the generator's is 0.001.

    Raises RecipeError for what is no training.
    """

    seeds: int = 5
    steps: int = 1500
    critic_rate: float = 1e-4

    def __post_init__(self) -> None:
        """Refuse what is too little."""
        for name, number in vars(self).items():
            least = 0 if name == "critic_rate" else 1
            if number < least:
                raise RecipeError(f"{name}: expected {least} or more, got {number}")


class Fit:
    """One arm's trainings. Everything is (S, B, ...), S the seeds; units are the data's spread."""

    def __init__(self, arm: Arm, data: Data, settings: Settings) -> None:
        self.arm, self._settings = arm, settings
        streams = [torch.Generator().manual_seed(seed) for seed in range(settings.seeds)]
        self._starts = Starts(arm.start, data, streams)
        size, k = self._starts.size, data.latent
        begins = self._starts.anchor + self._starts.noise
        self._layers = Layers((begins, HIDDEN, HIDDEN, size), streams)
        self._encoder = Layers((size, HIDDEN, HIDDEN, k), streams)
        self._critic = Layers((size * max(arm.pack, 1), HIDDEN, HIDDEN, 1), streams)

    @property
    def rounds(self) -> int:
        """How many times `steps` there are: an autoencoder's, the adversary's, or both."""
        return int(self._starts.coded) + int(self.arm.pack > 0)

    def run(self) -> Iterator[bool]:
        """Train; after each step, whether it was the adversary's. An autoencoder's come first."""
        if self._starts.coded:
            for step in self._each(CODING_RATE, USUAL, self._layers, self._encoder):
                step(self._copied(self._starts.real(BATCH)))
                yield False
            self._starts.learn_codes(self._encoder)
        if self.arm.pack:
            yield from self._play()

    def generator(self, anchors: Tensor, z: Tensor) -> Tensor:
        """G: anchors (S, B, a) and noise (S, B, k) to samples (S, B, D).

        The noise goes in at the length it is meant to have, else J would begin far too large.
        """
        made: Tensor = self._layers(torch.cat([anchors, self._starts.stretch * z], -1))
        return made

    def samples(self, count: int) -> Array:
        """(S, count, D) in the data's own units."""
        with torch.no_grad():
            return self._starts.in_own_units(self.generator(*self._starts.draw(count)))

    def spectra(self) -> Array:
        """(S, PROBED, n): singular values of J, 1 where noise leads as far as it is long.

        J is to the noise; where there is none, to the code.
        """
        anchors, z = self._starts.draw(PROBED)
        if self._starts.noise:
            columns = constraints.jacobian(lambda x: self.generator(anchors, x), z)
        else:
            columns = constraints.jacobian(lambda y: self.generator(y, z), anchors)
        found = constraints.spectrum(columns.detach()) / self._starts.stretch
        return found.double().numpy()

    def _play(self) -> Iterator[bool]:
        """The two players by turns."""
        critic = self._each(self._settings.critic_rate, MOMENTS, self._critic)
        for judged, step in zip(critic, self._each(RATE, MOMENTS, self._layers), strict=True):
            made = self.generator(*self._starts.draw(BATCH)).detach()
            real = self._starts.real(BATCH)
            judged((softplus(-self._judge(real)) + softplus(self._judge(made))).mean())
            step(self._loss())
            yield True

    def _loss(self) -> Tensor:
        """The generator's: not to be found out (Goodfellow et al. 2014), and the arm's terms."""
        arm, stretch = self.arm, self._starts.stretch
        anchors, z = self._starts.draw(BATCH)
        loss = softplus(-self._judge(self.generator(anchors, z))).mean()
        if arm.local:
            near = constraints.near(self.generator, anchors, z, stretch)
            loss = loss + arm.local * (near + self._copied(self._starts.real(BATCH)))
        if arm.tangent:
            held = constraints.tangent(lambda x: self.generator(anchors, x), z, stretch)
            loss = loss + arm.tangent * held
        if arm.latent:
            made = self.generator(anchors, torch.zeros_like(z))
            loss = loss + arm.latent * constraints.latent(self._encoder, made, anchors)
        return loss

    def _copied(self, real: Tensor) -> Tensor:
        """How far G(x, 0), or G(E(x), 0) where it begins with codes, is from x."""
        z = torch.zeros(*real.shape[:2], self._starts.noise)
        anchors = self._encoder(real) if self._starts.coded else real
        return constraints.anchored(self.generator, anchors, z, real)

    def _judge(self, samples: Tensor) -> Tensor:
        """Of (S, B, D), as many as the arm packs at once: (S, B / pack, 1)."""
        packed = samples.reshape(len(samples), -1, samples.shape[2] * self.arm.pack)
        found: Tensor = self._critic(packed)
        return found

    def _each(
        self, rate: float, moments: tuple[float, float], *nets: nn.Module
    ) -> Iterator[Callable[[Tensor], None]]:
        """For each step, what makes it from a loss. Adam does not mind that it is a mean of seeds.

        The rate falls as half a cosine.
        """
        parameters = [p for net in nets for p in net.parameters()]
        optimiser = Adam(parameters, lr=rate, betas=moments)
        schedule = CosineAnnealingLR(optimiser, self._settings.steps)

        def step(loss: Tensor) -> None:
            for parameter, slope in zip(
                parameters, torch.autograd.grad(loss, parameters), strict=True
            ):
                parameter.grad = slope
            optimiser.step()
            schedule.step()

        for _ in range(self._settings.steps):
            yield step
