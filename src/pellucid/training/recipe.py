"""A recipe: every choice that makes a model, in one small TOML file. Recipe plus seed = model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pellucid.training.losses import LOSSES, LossName
from pellucid.training.nets.plain import Shape
from pellucid.training.reading import expect, fill, read_values, rising, within
from pellucid.video.coding import ENCODERS
from pellucid.video.gate import MAX_LEVELS
from pellucid.video.halve import HALVINGS
from pellucid.video.integer import SKIPS, Skip
from pellucid.video.model import MAX_STRENGTH

LARGEST_PATCH = 128  # what the dataset keeps, see dataset.py
# The least and most of each number, and of both ends of each span.
LIMITS = {
    "seed": (0, 2**32 - 1),
    "width": (1, 128),
    "depth": (1, 32),
    "factor": (1, 2),
    "levels": (1, MAX_LEVELS),
    "still_takes": (1, 1000),
    "clip_takes": (0, 1000),
    "clip_share": (0, 1),
    "clean_share": (0, 1),
    "camera_share": (0, 1),
    "patch": (24, LARGEST_PATCH),
    "batch": (1, 4096),
    "steps": (1, 10**8),
    "learning_rate": (1e-9, 1),
    "quantise_share": (0, 1),
    "level_steps": (0, 10**8),
}
SPANS = {"crf": (0, 51), "vpx_quantiser": (0, 63), "kilobits": (1, 10**5)}


@dataclass(frozen=True)
class Recipe:
    """What to train, on what, for how long. Raises RecipeError when a value cannot be.

    Network: `width` channels, `depth` hidden width-to-width layers, input `factor`, `skip`, and
    the `levels` of its gate. Data: `takes` of each still (a pan over it) and of each clip; shares
    of clean pairs and of senders with a flaw (see `camera`); ways of halving (of calls; of clean
    pairs where there is nothing else) and codecs, drawn evenly, so that one named twice comes
    twice as often; ranges of x264's CRF, the other codecs' quantiser and the rate.
    Training: SOAP on `loss` over batches of `batch` low-resolution patches of side `patch`; the
    last `quantise_share` of the `steps` simulate the integer network exactly. After them the
    levels part, and each gets `level_steps` on the pictures that are its own. The shipped network
    adds its residual `strength` times: one number for all levels, or one for each.
    """

    name: str
    seed: int
    width: int
    depth: int
    factor: int
    skip: Skip
    levels: int
    still_takes: int
    clip_takes: int
    clip_share: float
    clean_share: float
    camera_share: float
    halvings: tuple[str, ...]
    codecs: tuple[str, ...]
    crf: tuple[float, float]
    vpx_quantiser: tuple[float, float]
    kilobits: tuple[float, float]
    loss: LossName
    patch: int
    batch: int
    steps: int
    learning_rate: float
    quantise_share: float
    level_steps: int
    strength: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot train, by name."""
        within(self, LIMITS)
        rising(self, SPANS)
        expect(self.name.isidentifier(), "name", "a plain word", self.name)
        expect(self.skip in SKIPS, "skip", f"one of {', '.join(SKIPS)}", self.skip)
        parts = self.levels > 1 or not self.level_steps
        expect(parts, "level_steps", "0 where there is one level", self.level_steps)
        bounded = all(0 <= one <= MAX_STRENGTH for one in self.strength)
        fits = bounded and len(self.strength) in (1, self.levels)
        expect(fits, "strength", f"1 or {self.levels} numbers in 0..{MAX_STRENGTH}", self.strength)
        expect(self.loss in LOSSES, "loss", f"one of {', '.join(LOSSES)}", self.loss)
        known = bool(self.codecs) and set(self.codecs) <= set(ENCODERS)
        expect(known, "codecs", f"some of {', '.join(ENCODERS)}", self.codecs)
        known = bool(self.halvings) and set(self.halvings) <= set(HALVINGS)
        expect(known, "halvings", f"some of {', '.join(HALVINGS)}", self.halvings)

    @property
    def shape(self) -> Shape:
        """Of the network."""
        return Shape(self.width, self.depth, self.factor, self.skip, self.levels)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe. Raises RecipeError on an unknown key, a missing one or a wrong type."""
    return fill(path, Recipe, read_values(path))
