"""A recipe: every choice that makes a model, in one small TOML file. Recipe plus seed = model."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_origin, get_type_hints

from pellucid.errors import RecipeError
from pellucid.training.losses import LOSSES, LossName
from pellucid.training.nets.plain import Shape
from pellucid.video.coding import ENCODERS
from pellucid.video.gate import MAX_LEVELS
from pellucid.video.halve import HALVINGS
from pellucid.video.integer import SKIPS, Skip
from pellucid.video.model import MAX_STRENGTH

MAX_LINES = 25
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
# What TOML may hold for each type of field; a whole number serves as a float.
KINDS: dict[Any, tuple[type, ...]] = {
    int: (int,),
    float: (int, float),
    str: (str,),
    Literal: (str,),
    tuple: (tuple,),
}


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
        for name, (least, most) in LIMITS.items():
            value = getattr(self, name)
            _expect(least <= value <= most, name, f"{least:g}..{most:g}", value)
        for name, (least, most) in SPANS.items():
            span = getattr(self, name)
            rises = len(span) == 2 and least <= span[0] <= span[1] <= most
            _expect(rises, name, f"two rising numbers in {least:g}..{most:g}", span)
        _expect(self.name.isidentifier(), "name", "a plain word", self.name)
        _expect(self.skip in SKIPS, "skip", f"one of {', '.join(SKIPS)}", self.skip)
        parts = self.levels > 1 or not self.level_steps
        _expect(parts, "level_steps", "0 where there is one level", self.level_steps)
        bounded = all(0 <= one <= MAX_STRENGTH for one in self.strength)
        fits = bounded and len(self.strength) in (1, self.levels)
        _expect(fits, "strength", f"1 or {self.levels} numbers in 0..{MAX_STRENGTH}", self.strength)
        _expect(self.loss in LOSSES, "loss", f"one of {', '.join(LOSSES)}", self.loss)
        known = bool(self.codecs) and set(self.codecs) <= set(ENCODERS)
        _expect(known, "codecs", f"some of {', '.join(ENCODERS)}", self.codecs)
        known = bool(self.halvings) and set(self.halvings) <= set(HALVINGS)
        _expect(known, "halvings", f"some of {', '.join(HALVINGS)}", self.halvings)

    @property
    def shape(self) -> Shape:
        """Of the network."""
        return Shape(self.width, self.depth, self.factor, self.skip, self.levels)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe. Raises RecipeError on an unknown key, a missing one or a wrong type."""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"{path}: not a readable recipe ({error})") from error
    if len(text.splitlines()) > MAX_LINES:
        raise RecipeError(f"{path}: a recipe has at most {MAX_LINES} lines")
    return _from_values(path, values)


def _from_values(path: Path, values: dict[str, Any]) -> Recipe:
    known = {field.name for field in fields(Recipe)}
    if unknown := sorted(values.keys() - known):
        choices = ", ".join(sorted(known))
        raise RecipeError(f"{path}: unknown key {', '.join(unknown)}; the keys are {choices}")
    if missing := sorted(known - values.keys()):
        raise RecipeError(f"{path}: missing key {', '.join(missing)}")
    frozen: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in values.items()
    }
    try:
        for name, hint in get_type_hints(Recipe).items():
            kinds = KINDS[get_origin(hint) or hint]
            _expect(type(frozen[name]) in kinds, name, kinds[-1].__name__, repr(values[name]))
        return Recipe(**frozen)
    except (TypeError, ValueError) as error:
        raise RecipeError(f"{path}: {error}") from error


def _expect(condition: bool, name: str, expected: str, got: object) -> None:
    if not condition:
        raise RecipeError(f"{name}: expected {expected}, got {got}")
