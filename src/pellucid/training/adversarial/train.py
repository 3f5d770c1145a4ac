"""The loop: a generator and its critics by turns, and everything the generator is held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pellucid.errors import MediaError
from pellucid.training.adversarial import losses
from pellucid.training.adversarial.backbone import Backbone
from pellucid.training.adversarial.critics import (
    Critic,
    critic_loss,
    generator_loss,
    slope_penalty,
)
from pellucid.training.adversarial.generator import Generator, cells
from pellucid.training.adversarial.losses import Seen
from pellucid.training.adversarial.moments import MomentBatch, Moments, draw, learned
from pellucid.training.adversarial.recipe import AdversarialRecipe
from pellucid.training.adversarial.textures import ROOT, Textures, learn_textures
from pellucid.training.checkpoint import read_checkpoint, write_checkpoint
from pellucid.training.losses import charbonnier
from pellucid.training.nets.plain import bilinear_skip
from pellucid.training.schedule import rate_share
from pellucid.training.train import EMA as LONGEST_MEMORY
from pellucid.training.train import FINAL_SHARE, GRADIENT_LIMIT, HAS_BFLOAT16
from pellucid.video.integer import Network

MOMENTS_OF_ADAM = (0.5, 0.999)  # of both players; a longer memory makes them circle each other
SHORT = 0.05  # of the steps: how long the average of the weights remembers at most
CALM_SHARE = 0.5  # of the pictures that a critic sees were made without noise, as what ships is
PENALTY_EVERY = 4  # steps; the penalty then counts as much more (Karras et al. 2020, appendix B)
TANGENT_EVERY = 4  # likewise


@dataclass(frozen=True)
class Report:
    """How training stands: the step just done, and means since the last report by part."""

    step: int
    steps: int
    loss: float
    quantised: bool
    parts: dict[str, float]


class Training:
    """The state of one training, which a checkpoint holds whole.

    textures: what `learn_textures` gave for this recipe's seed, so that several need it only once.
    """

    def __init__(
        self,
        recipe: AdversarialRecipe,
        start: Network,
        moments: Moments,
        textures: Textures | None = None,
    ) -> None:
        self.textures = textures or learn_textures(moments, recipe)
        torch.manual_seed(recipe.seed)
        self.recipe, self.moments = recipe, moments
        self.backbone = Backbone()
        self.generator = Generator(start, recipe.codes)
        memory = min(LONGEST_MEMORY, max(0.0, 1 - 1 / (SHORT * recipe.steps)))
        average = get_ema_multi_avg_fn(memory)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(self.generator, multi_avg_fn=average)
        # A picture and what was received; two pictures, what was received of both.
        self.critics = nn.ModuleDict({"adversarial": Critic(2), "temporal": Critic(4)})
        self.optimiser = torch.optim.Adam(
            self.generator.parameters(), recipe.learning_rate, (0.9, 0.999)
        )
        self.critics_optimiser = torch.optim.Adam(
            self.critics.parameters(), recipe.critic_rate, MOMENTS_OF_ADAM
        )
        for net in (self.backbone, self.generator, self.critics):
            net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.step = 0
        self._places, self._odds = self._drawn()

    @property
    def averaged(self) -> Generator:
        """The generator that ships: the moving average of the weights."""
        net = self.average.module
        assert isinstance(net, Generator)
        return net

    def run(self, report: Callable[[Report], None], every: int) -> None:
        """Train to the recipe's last step, reporting now and then."""
        sums: dict[str, float] = {}
        since = 0
        while self.step < self.recipe.steps:
            for name, value in self.train_step().items():
                sums[name] = sums.get(name, 0.0) + value
            since += 1
            if self.step % every == 0 or self.step == self.recipe.steps:
                means = {name: value / since for name, value in sums.items()}
                loss = means.pop("loss")
                report(Report(self.step, self.recipe.steps, loss, self.is_exact, means))
                sums, since = {}, 0

    @property
    def is_exact(self) -> bool:
        """Whether the integer networks are simulated at this step."""
        return self.step >= round(self.recipe.steps * (1 - self.recipe.quantise_share))

    def train_step(self) -> dict[str, float]:
        """One step of the generator, and of the critics before it; its parts by name."""
        rng = np.random.default_rng([self.recipe.seed, 2, self.step])
        share = rate_share(self.step, self.recipe.steps, FINAL_SHARE)
        for optimiser, rate in (
            (self.optimiser, self.recipe.learning_rate),
            (self.critics_optimiser, self.recipe.critic_rate),
        ):
            for group in optimiser.param_groups:
                group["lr"] = rate * share
        batch = self._batch(rng)
        seen, codes = self._make(batch, rng)
        told = self._train_critics(seen, rng)
        parts = self._parts(seen, codes, batch, rng)
        loss = losses.total(parts, self._weights())
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.generator.parameters(), GRADIENT_LIMIT)
        self.optimiser.step()
        self.average.update_parameters(self.generator)
        self.step += 1
        told |= {name: float(part.detach()) for name, part in parts.items()}
        return told | {"loss": float(loss.detach()), "slope": float(norm)}

    def save(self, path: Path) -> None:
        """Write everything `load` needs to go on as if never stopped."""
        kept = ("generator", "average", "critics", "optimiser", "critics_optimiser")
        state = {name: getattr(self, name).state_dict() for name in kept}
        state |= {"recipe": asdict(self.recipe), "data": self.moments.digest, "step": self.step}
        write_checkpoint(path, state)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint. Raises RecipeError when it is damaged, or of another run."""
        mine = {"recipe": asdict(self.recipe), "data": self.moments.digest}
        state = read_checkpoint(path, **mine)
        for name in ("generator", "average", "critics", "optimiser", "critics_optimiser"):
            getattr(self, name).load_state_dict(state[name])
        self.step = state["step"]

    def _batch(self, rng: np.random.Generator) -> MomentBatch:
        """By chance; where the latent term counts, rare textures as often as common ones."""
        odds = self._odds if self.recipe.latent else None
        chosen = rng.choice(self._places, self.recipe.batch, p=odds)
        return draw(self.moments, chosen.tolist(), rng, self.recipe.patch)

    def _drawn(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
        """The places of levels that are trained at all, and how seldom each one's texture is."""
        places = learned(self.moments)
        shares = torch.tensor(self.recipe.shares(len(self.generator.levels)))
        traces = torch.from_numpy(self.moments.traces[places])
        own = (shares[self.generator.level_of(traces)] > 0).numpy()
        if not own.any():
            raise MediaError(f"nothing to train on: no picture is of a level of share {shares}")
        odds = self.textures.rarity[own]
        return places[own], odds / odds.sum()

    def _make(self, batch: MomentBatch, rng: np.random.Generator) -> tuple[Seen, Tensor | None]:
        """Both pictures of each moment, calm and wild, with the same noise."""
        low, high = (
            planes.transpose(0, 1).flatten(0, 1)[:, None] for planes in (batch.low, batch.high)
        )
        levels = self.generator.level_of(batch.traces).repeat(2)
        if self.is_exact:
            calm = self.generator.exactly(low, levels)
        else:
            with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
                calm = self.generator(low / 255, levels)
        wild, codes = None, None
        if self.recipe.is_noisy:
            z, codes = self.noise(self.recipe.batch, rng)
            with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
                wild = self.generator(low / 255, levels, z.repeat(2, 1, 1, 1))
        return Seen(low / 255, high / 255, calm, wild), codes

    def noise(self, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor | None]:
        """z (count, k, cells, cells), and the codes (count, cells², k) it leads to, if any."""
        k, side = self.recipe.codes, cells(self.recipe.patch)
        if self.recipe.latent:
            points, codes = self.textures.draw(count * side * side, rng)
            z = points.reshape(count, side, side, k).permute(0, 3, 1, 2)
            return z.contiguous(), codes.reshape(count, side * side, k)
        uniform = rng.uniform(-ROOT, ROOT, (count, k, side, side))
        return torch.from_numpy(uniform).float(), None

    def _weights(self) -> dict[str, float]:
        names = (
            "feature",
            "structure",
            "steady",
            "adversarial",
            "temporal",
            "local",
            "tangent",
            "latent",
        )
        return {"content": 1.0} | {name: getattr(self.recipe, name) for name in names}

    def _train_critics(self, seen: Seen, rng: np.random.Generator) -> dict[str, float]:
        names = self._judging()
        if not names:
            return {}
        total, told = torch.zeros(()), {}
        for name in names:
            real, made = (
                self._shown(name, seen, p) for p in (seen.high, self._judged(seen).detach())
            )
            critic = self.critics[name]
            assert isinstance(critic, Critic)
            loss = critic_loss(*self._verdicts(critic, real, made))
            if self.step % PENALTY_EVERY == 0 and self.recipe.penalty:
                loss = loss + self.recipe.penalty * PENALTY_EVERY * slope_penalty(critic, real)
            total, told[f"{name} critic"] = total + loss, float(loss.detach())
        self.critics_optimiser.zero_grad()
        total.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.critics.parameters(), 10.0)
        self.critics_optimiser.step()
        return told | {"critics slope": float(norm)}

    def _parts(
        self, seen: Seen, codes: Tensor | None, batch: MomentBatch, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        recipe, half = self.recipe, seen.half
        parts = {"content": charbonnier(seen.calm, seen.high)}
        if recipe.feature:
            with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
                parts["feature"] = self.backbone.distance(seen.calm[half:], seen.high[half:]).mean()
        if recipe.structure:
            parts["structure"] = losses.structure(seen.calm[half:], seen.high[half:])
        if recipe.steady:
            parts["steady"] = losses.steady(seen.calm, seen.high)
        for name in self._judging():
            critic = self.critics[name]
            assert isinstance(critic, Critic)
            shown = [self._shown(name, seen, p) for p in (seen.high, self._judged(seen))]
            parts[name] = generator_loss(*self._verdicts(critic, *shown))
        return parts | self._held(seen, codes, batch, rng)

    def _held(
        self, seen: Seen, codes: Tensor | None, batch: MomentBatch, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """The three constraints, those that the recipe has."""
        recipe, parts = self.recipe, {}
        levels = self.generator.level_of(batch.traces)
        z = torch.from_numpy(rng.uniform(-ROOT, ROOT, (recipe.batch, recipe.codes))).float()
        low, high, calm = (p[seen.half :] for p in (seen.low, seen.high, seen.calm))
        now = Seen(low, high, calm, None)
        if recipe.local:
            parts["local"] = losses.local(self._at(levels), now, z, recipe.stretch)
        if recipe.tangent and self.step % TANGENT_EVERY == 0:
            held = losses.tangent(self._at(levels), now.low, z, recipe.stretch)
            parts["tangent"] = TANGENT_EVERY * held
        if recipe.latent and seen.wild is not None and codes is not None:
            wild = seen.wild[seen.half :]
            kept = losses.latent(lambda made: self.textures.encode(made, low), wild, codes)
            parts["latent"] = kept + self._decoded(now, levels)
        return parts

    def _decoded(self, now: Seen, levels: Tensor) -> Tensor:
        """How far G is from the truth when it is given the truth's own codes."""
        k, side = self.recipe.codes, cells(self.recipe.patch)
        own = self.textures.noise_of(self.textures.encode(now.high, now.low))
        z = own.mT.reshape(-1, k, side, side)
        return charbonnier(self.generator(now.low, levels, z), now.high)

    def _at(self, levels: Tensor) -> losses.Enlarge:
        return lambda low, z: self.generator(low, levels, z)

    def _judging(self) -> list[str]:
        return [name for name in self.critics if getattr(self.recipe, name)]

    def _judged(self, seen: Seen) -> Tensor:
        """What critics see: some moments calm, the others wild."""
        assert seen.wild is not None
        calm = torch.arange(seen.half) < round(CALM_SHARE * seen.half)
        return torch.where(calm.repeat(2)[:, None, None, None], seen.calm, seen.wild)

    def _shown(self, name: str, seen: Seen, pictures: Tensor) -> Tensor:
        received = bilinear_skip(seen.low)
        if name == "adversarial":
            return torch.cat([pictures, received], 1)[seen.half :]
        return torch.cat([*pictures.chunk(2), *received.chunk(2)], 1)

    def _verdicts(self, critic: Critic, real: Tensor, made: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16):
            one, other = critic(torch.cat([real, made])).chunk(2)
        return one, other
