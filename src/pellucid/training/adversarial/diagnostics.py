"""Whether a generator is alive: how its noise spreads, what it covers, whether it collapsed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pellucid.training import constraints
from pellucid.training.adversarial.backbone import Backbone, apart
from pellucid.training.adversarial.generator import Generator, cells
from pellucid.training.adversarial.losses import STILL, middle_of
from pellucid.training.adversarial.moments import MomentBatch
from pellucid.training.adversarial.recipe import AdversarialRecipe
from pellucid.training.adversarial.textures import ROOT, Textures
from pellucid.training.validate import BORDER, bicubic

Histogram = npt.NDArray[np.float64]
DRAWS = 4  # of noise, compared in pairs
SEED = 0
# Where a generator counts as collapsed. Diversity in shares of the distance that is left to the
# truth, the smallest singular value in shares of the stretch that was asked for.
LEAST_DIVERSE, LEAST_RANK_SHARE, LEAST_COVERED, LEAST_SLOPE = 0.02, 0.4, 0.5, 1e-6


@dataclass(frozen=True)
class Health:
    """Of held-out moments, by the averaged generator.

    psnr, psnr_bicubic: dB, of the pictures without noise. feature, feature_bicubic: distance to the
    truth. flicker: where the truth stands still, as a multiple of bicubic's. diversity: the mean
    feature distance of two pictures that differ in noise alone. rank: effective rank of J, 1 to k.
    least: J's smallest singular value, as the root mean square change of a pixel over the stretch,
    and largest. coverage, coverage_calm: 1 - half the L1 distance of the histograms of texture
    codes, of what is made with noise and without, from the truth's.
    """

    psnr: float
    psnr_bicubic: float
    feature: float
    feature_bicubic: float
    flicker: float
    diversity: float
    rank: float
    least: float
    largest: float
    coverage: float
    coverage_calm: float


@torch.no_grad()
def examine(
    net: Generator,
    shown: MomentBatch,
    textures: Textures,
    backbone: Backbone,
    recipe: AdversarialRecipe,
    exact: bool,
) -> Health:
    """Look at the generator on held-out moments; exact: as the integer networks that ship."""
    low, high = shown.low / 255, shown.high / 255
    levels = net.level_of(shown.traces)
    calm = [calm_picture(net, shown.low[:, i : i + 1], levels, exact) for i in (0, 1)]
    plain = [bicubic(low[:, i : i + 1]) for i in (0, 1)]
    truth, now = high[:, 1:], low[:, 1:]
    wild = [net(now, levels, z) for z in _noises(len(now), recipe)]
    features = [backbone(picture) for picture in wild]
    pairs = [(a, b) for a in range(DRAWS) for b in range(a)]
    singular = _spectrum(net, now, levels, recipe)
    real = textures.histogram(textures.encode(truth, now))
    made = textures.histogram(torch.cat([textures.encode(picture, now) for picture in wild]))
    still = textures.histogram(textures.encode(calm[1], now))
    return Health(
        psnr=_psnr(calm[1], truth),
        psnr_bicubic=_psnr(plain[1], truth),
        feature=float(backbone.distance(calm[1], truth).mean()),
        feature_bicubic=float(backbone.distance(plain[1], truth).mean()),
        flicker=_moved(calm, high) / max(_moved(plain, high), 1e-9),
        diversity=float(torch.stack([apart(features[a], features[b]) for a, b in pairs]).mean()),
        rank=float(constraints.effective_rank(singular).mean()),
        least=float(singular[:, -1].mean()) / recipe.stretch,
        largest=float(singular[:, 0].mean()) / recipe.stretch,
        coverage=_overlap(real, made),
        coverage_calm=_overlap(real, still),
    )


def collapse(health: Health, recipe: AdversarialRecipe, slope: float) -> list[str]:
    """Why a generator with noise counts as collapsed, in words; empty when it does not."""
    signs = {
        f"its pictures hardly differ (diversity {health.diversity:.2g})":
            health.diversity < LEAST_DIVERSE * health.feature,
        f"its noise has {health.rank:.1f} of {recipe.codes} directions":
            health.rank < LEAST_RANK_SHARE * recipe.codes,
        f"it covers {health.coverage:.0%} of the textures": health.coverage < LEAST_COVERED,
        f"its loss has no slope ({slope:.2g})": slope < LEAST_SLOPE,
    }  # fmt: skip
    return [told for told, seen in signs.items() if seen]


def calm_picture(net: Generator, low: Tensor, levels: Tensor, exact: bool) -> Tensor:
    """Without noise, of whole numbers (B, 1, H, W), in 0..1 and as 8 bits would have it."""
    made = net.exactly(low, levels) if exact else net(low / 255, levels)
    return (made * 255).round().clamp(0, 255) / 255


def _noises(count: int, recipe: AdversarialRecipe) -> list[Tensor]:
    rng, side = np.random.default_rng(SEED), cells(recipe.patch)
    size = (count, recipe.codes, side, side)
    return [torch.from_numpy(rng.uniform(-ROOT, ROOT, size)).float() for _ in range(DRAWS)]


def _spectrum(net: Generator, low: Tensor, levels: Tensor, recipe: AdversarialRecipe) -> Tensor:
    """(B, k): root mean square change of a pixel by unit noise, along J's directions."""
    small = middle_of(low)
    rng = np.random.default_rng(SEED)
    z = torch.from_numpy(rng.uniform(-ROOT, ROOT, (len(low), recipe.codes))).float()
    columns = constraints.jacobian(lambda code: net(small, levels, code), z)
    singular: Tensor = constraints.spectrum(columns) / columns.shape[-2] ** 0.5
    return singular


def _moved(pictures: list[Tensor], truth: Tensor) -> float:
    still = (truth[:, 1:] - truth[:, :1]).abs() <= STILL
    return float(((pictures[1] - pictures[0]).abs() * still).sum() / still.sum().clamp_min(1))


def _overlap(some: Histogram, others: Histogram) -> float:
    return float(np.minimum(some, others).sum())


def _psnr(made: Tensor, truth: Tensor) -> float:
    inner = (made - truth)[:, :, BORDER:-BORDER, BORDER:-BORDER]
    error = inner.square().mean(dim=(1, 2, 3)).clamp_min(1e-2 / 255**2)
    return float((-10 * torch.log10(error)).mean())
