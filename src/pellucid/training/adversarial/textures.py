"""Codes of texture: an auto-encoder of what a small patch misses, and a uniform law for them.

What is missing is the truth less bicubic. Optimal transport leads the uniform law on a cube to the
codes of the data (AE-OT: An et al. 2020; with a generator behind it AE-OT-GAN, An et al. 2020b):
a point drawn in the cube is noise for the generator, and its image is the code that the texture
should have. Atoms are picked far from each other, so that rare textures have as much of the cube
as common ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from pellucid.training.adversarial.moments import Moments, draw, learned
from pellucid.training.adversarial.recipe import CELL, AdversarialRecipe
from pellucid.training.transport import semidiscrete
from pellucid.training.transport.arrays import Array
from pellucid.training.transport.blending import blend
from pellucid.training.transport.brenier import Potential
from pellucid.training.validate import bicubic

SIDE = 2 * CELL  # high-resolution pixels of a patch: one cell's
HIDDEN = 64
STEPS, SAMPLES, RATE = 600, 256, 2e-3  # of the auto-encoder
PLACES = 600  # of the data set, whose patches are learned from
DETAIL = 0.05  # of full scale: what brings missing detail to a variance of about 1
ATOMS = 128
SETTINGS = semidiscrete.Settings(rates=(0.03,), steps=300, batch=1024, held_out=8192)
WIDEST = 3.0  # radians: codes are blended across all but the sharpest ridges
ROOT = 3**0.5  # a uniform law on -ROOT..ROOT has variance 1


@dataclass(frozen=True, eq=False)
class Textures:
    """encoder: patches (..., SIDE²) of missing detail to codes (..., k) of variance about 1.

    potential, centres: the transport from the cube, and the middle of each atom's cell. rarity:
    (N,) for each place of the data set that is trained on, how seldom its texture is, sum 1.
    """

    encoder: nn.Module
    potential: Potential
    centres: Array
    rarity: npt.NDArray[np.float64]

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Noise (count, k), uniform, and the codes (count, k) that it should lead to."""
        points = rng.random((count, self.centres.shape[1]))
        codes = blend(self.potential, self.centres, points, WIDEST)
        return _noise(points), torch.from_numpy(codes).float()

    def noise_of(self, codes: Tensor) -> Tensor:
        """The noise (..., k) that leads to the atom nearest to codes (..., k): the way back."""
        points = self.centres[self.atom_of(codes)]
        return _noise(points).reshape(codes.shape)

    def atom_of(self, codes: Tensor) -> npt.NDArray[np.intp]:
        """The number of the atom nearest to each of codes (..., k), flat."""
        flat = codes.detach().reshape(-1, codes.shape[-1]).double().numpy()
        apart = ((flat[:, None] - self.potential.atoms) ** 2).sum(2)
        return np.asarray(apart.argmin(1))

    def encode(self, high: Tensor, low: Tensor) -> Tensor:
        """Codes (B, cells, k) of pictures (B, 1, 2H, 2W), given what was received; both 0..1."""
        codes: Tensor = self.encoder(details(high, low))
        return codes

    def histogram(self, codes: Tensor) -> npt.NDArray[np.float64]:
        """The share of codes that is nearest to each atom, (ATOMS,)."""
        counts = np.bincount(self.atom_of(codes), minlength=len(self.potential.atoms))
        return np.asarray(counts / counts.sum())


def learn_textures(moments: Moments, recipe: AdversarialRecipe) -> Textures:
    """From places of a data set; the same for equal data, number of codes and seed."""
    rng = np.random.default_rng([recipe.seed, 1])
    places = learned(moments)
    found = rng.choice(places, min(PLACES, len(places)), replace=False)
    batch = draw(moments, found.tolist(), rng, recipe.patch)
    patches = details(batch.high[:, 1:] / 255, batch.low[:, 1:] / 255)  # (N, cells, SIDE²)
    encoder = _learn(patches.flatten(0, 1), recipe)
    with torch.no_grad():
        codes = encoder(patches.flatten(0, 1)).double().numpy()
    atoms = _far_apart(codes, rng)
    shares = np.full(len(atoms), 1 / len(atoms))
    sample = semidiscrete.cube(recipe.codes)
    potential = semidiscrete.estimate(atoms, shares, sample, rng, SETTINGS).potential
    centres = semidiscrete.centres(potential, sample(rng, SETTINGS.held_out))
    centres = np.where(np.isfinite(centres), centres, 0.5)
    made = Textures(encoder, potential, centres, np.ones(1))
    return Textures(encoder, potential, centres, _rarity(made, moments))


def details(high: Tensor, low: Tensor) -> Tensor:
    """What bicubic misses, cell by cell: (B, 1, 2H, 2W) and (B, 1, H, W) to (B, cells, SIDE²)."""
    missing = (high - bicubic(low)) / DETAIL
    return functional.unfold(missing, SIDE, stride=SIDE).mT


def _learn(patches: Tensor, recipe: AdversarialRecipe) -> nn.Module:
    """The encoder, then what gives the codes of these patches a mean of 0, a variance of 1."""
    torch.manual_seed(recipe.seed)
    size, k = SIDE * SIDE, recipe.codes
    encoder = nn.Sequential(nn.Linear(size, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, k))
    decoder = nn.Sequential(nn.Linear(k, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, size))
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], RATE)
    for _ in range(STEPS):
        some = patches[torch.randint(len(patches), (SAMPLES,))]
        loss = (decoder(encoder(some)) - some).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        codes = encoder(patches)
        scale = nn.Linear(k, k)
        scale.weight.copy_(torch.diag(1 / codes.std(0)))
        scale.bias.copy_(-codes.mean(0) / codes.std(0))
    return nn.Sequential(encoder, scale).requires_grad_(requires_grad=False)


def _far_apart(codes: Array, rng: np.random.Generator) -> Array:
    """Each atom is the code farthest from those before it (Gonzalez 1985), outliers left out."""
    length = np.linalg.norm(codes, axis=1)
    codes = codes[length <= np.quantile(length, 0.99)]
    chosen = [int(rng.integers(len(codes)))]
    apart = np.full(len(codes), np.inf)
    for _ in range(ATOMS - 1):
        apart = np.minimum(apart, ((codes - codes[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(apart.argmax()))
    return np.asarray(codes[chosen])


def _rarity(textures: Textures, moments: Moments) -> npt.NDArray[np.float64]:
    """Of places by the texture in their middle: each atom gets the same, within a limit."""
    places = learned(moments)
    middle = moments.low.shape[2] // 2
    cut = slice(middle - CELL, middle + CELL)
    twice = slice(2 * cut.start, 2 * cut.stop)
    atoms = []
    for some in np.array_split(places, max(len(places) // 500, 1)):
        low = torch.from_numpy(np.stack([moments.low[i][1:, cut, cut] for i in some])).float() / 255
        high = torch.from_numpy(np.stack([moments.high[i][1:, twice, twice] for i in some])).float()
        codes = textures.encode(high / 255, low)  # (n, 4, k)
        strongest = codes.norm(dim=2).argmax(1)
        atoms.append(textures.atom_of(codes[torch.arange(len(codes)), strongest]))
    which = np.concatenate(atoms)
    often = np.bincount(which, minlength=ATOMS)[which]
    weight = 1 / np.maximum(often, len(which) / ATOMS / 4)
    return np.asarray(weight / weight.sum())


def _noise(points: Array) -> Tensor:
    return torch.from_numpy((2 * points - 1) * ROOT).float()
