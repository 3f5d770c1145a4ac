"""A recipe for a network that is trained against critics, from the weights of a shipped one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pellucid.training.reading import expect, fill, read_values, within
from pellucid.training.recipe import LARGEST_PATCH, Recipe, read_recipe
from pellucid.training.sources import Sources

Pictures = tuple[Recipe, ...]
CRITIC_RATE = "critic_rate"  # the key that tells such a recipe from others
CELL = 8  # low-resolution pixels that one code of the noise is for
LIMITS = {
    "seed": (0, 2**32 - 1),
    "still_share": (0, 1),
    "still_takes": (1, 1000),
    "clip_takes": (0, 1000),
    "codes": (1, 16),
    "patch": (3 * CELL, LARGEST_PATCH),
    "batch": (1, 4096),
    "steps": (1, 10**8),
    "learning_rate": (1e-9, 1),
    "critic_rate": (1e-9, 1),
    "quantise_share": (0, 1),
    "feature": (0, 100),
    "structure": (0, 100),
    "steady": (0, 100),
    "adversarial": (0, 100),
    "temporal": (0, 100),
    "penalty": (0, 1000),
    "local": (0, 1000),
    "tangent": (0, 1000),
    "latent": (0, 1000),
    "stretch": (1e-6, 1),
}


@dataclass(frozen=True)
class AdversarialRecipe:
    """What to train against critics, and what holds it. Raises RecipeError when a value cannot be.

    start: the model, shipped or a file, whose weights, gate and steps are the first ones. pictures:
    video recipes beside this one, which say how pairs are made, those of all together; of a
    `still_share` of the stills and of all clips, with `still_takes` and `clip_takes` in place of
    their own. Noise: `codes` numbers for each `CELL` pixels. Training: Adam over batches of `batch`
    patches of side `patch`, each of two frames; the last `quantise_share` of the `steps` simulate
    the integer network exactly. What ships lies a `share` of the way from the start to what was
    trained (`video/mix.py`): one for all of the gate's levels, or one for each; a level whose share
    is 0 stays as it was, and its pictures are left out.

    Weights of the terms beside Charbonnier's, which has 1: `feature` distance, `structure` (at
    several scales), `steady` (what changes from frame to frame changes as in the truth),
    `adversarial` (one picture and what was received), `temporal` (two pictures), `penalty` (the
    critics' slope at real pictures), and the three of training/constraints.py: `local`, `tangent`
    (noise of length 1 changes a pixel by `stretch` of full scale) and `latent`. 0 leaves a term
    out, with all that it costs.
    """

    name: str
    seed: int
    start: str
    pictures: tuple[str, ...]
    still_share: float
    still_takes: int
    clip_takes: int
    codes: int
    patch: int
    batch: int
    steps: int
    learning_rate: float
    critic_rate: float
    quantise_share: float
    feature: float
    structure: float
    steady: float
    adversarial: float
    temporal: float
    penalty: float
    local: float
    tangent: float
    latent: float
    stretch: float
    share: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot train, by name."""
        within(self, LIMITS)
        expect(self.name.isidentifier(), "name", "a plain word", self.name)
        expect(self.patch % CELL == 0, "patch", f"a multiple of {CELL}", self.patch)
        expect(len(self.pictures) > 0, "pictures", "one recipe or several", self.pictures)
        shares = len(self.share) > 0 and all(0 <= share <= 1 for share in self.share)
        expect(shares and any(self.share), "share", "numbers in 0..1, one above 0", self.share)

    @property
    def is_noisy(self) -> bool:
        """Whether anything looks at what noise makes."""
        return any((self.adversarial, self.temporal, self.local, self.tangent, self.latent))

    def shares(self, levels: int) -> tuple[float, ...]:
        """One for each of so many levels. Raises RecipeError where there are others than those."""
        each = self.share * levels if len(self.share) == 1 else self.share
        expect(len(each) == levels, "share", f"1 or {levels} numbers", self.share)
        return each


def is_adversarial(path: Path) -> bool:
    """Whether a recipe is of this kind. Raises RecipeError for one that cannot be read."""
    return CRITIC_RATE in read_values(path)


def read_adversarial_recipe(path: Path) -> tuple[AdversarialRecipe, Pictures]:
    """A recipe, and those of its pictures with this one's seed and takes. Raises RecipeError."""
    recipe = fill(path, AdversarialRecipe, read_values(path))
    pictures = [read_recipe(path.parent / name) for name in recipe.pictures]
    return recipe, pictures_of(recipe, pictures)


def pictures_of(recipe: AdversarialRecipe, pictures: Sequence[Recipe]) -> Pictures:
    """How the pairs of a recipe are made."""
    stills, clips = recipe.still_takes, recipe.clip_takes
    return tuple(
        replace(one, seed=recipe.seed, still_takes=stills, clip_takes=clips) for one in pictures
    )


def sources_of(recipe: AdversarialRecipe, found: Sources) -> Sources:
    """The stills that a recipe takes, drawn by its seed, and all clips."""
    rng = np.random.default_rng([recipe.seed, 0])
    count = math.ceil(recipe.still_share * len(found.stills))
    chosen = sorted(rng.permutation(len(found.stills))[:count])
    return Sources(tuple(found.stills[i] for i in chosen), found.clips)
