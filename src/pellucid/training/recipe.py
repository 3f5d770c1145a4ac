"""A recipe: every choice that makes a model, in one small TOML file. Recipe plus seed = model."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_origin, get_type_hints

from pellucid.errors import RecipeError
from pellucid.video.coding import ENCODERS
from pellucid.video.integer import SKIPS, Skip

MAX_LINES = 25
LARGEST_PATCH = 128  # what the dataset keeps, see dataset.py
# The least and most of each number, and of both ends of each span.
LIMITS = {
    "seed": (0, 2**32 - 1),
    "width": (1, 128),
    "depth": (1, 32),
    "factor": (1, 2),
    "still_takes": (1, 1000),
    "clip_takes": (1, 1000),
    "clip_share": (0, 1),
    "clean_share": (0, 1),
    "area_share": (0, 1),
    "patch": (8, LARGEST_PATCH),
    "batch": (1, 4096),
    "steps": (1, 10**8),
    "warm_up": (1, 10**8),
    "learning_rate": (1e-9, 1),
    "final_learning_rate": (0, 1),
    "ema": (0, 0.99999),
    "quantise_share": (0, 1),
}
SPANS = {"crf": (0, 51), "vp8_quantiser": (0, 63), "kilobits": (1, 10**5)}
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

    Network: `width` channels, `depth` hidden width-to-width layers, input `factor`, `skip`.
    Data: coded `takes` of each still (a pan over it) and of each clip; shares of clean pairs and
    of pictures halved by area (the rest by bicubic); x264 CRF, VP8 quantiser and rate ranges.
    Training: Adam on batches of `batch` low-resolution patches of side `patch`; the last
    `quantise_share` of the `steps` simulate the integer network exactly.
    """

    name: str
    seed: int
    width: int
    depth: int
    factor: int
    skip: Skip
    still_takes: int
    clip_takes: int
    clip_share: float
    clean_share: float
    area_share: float
    codecs: tuple[str, ...]
    crf: tuple[float, float]
    vp8_quantiser: tuple[float, float]
    kilobits: tuple[float, float]
    patch: int
    batch: int
    steps: int
    warm_up: int
    learning_rate: float
    final_learning_rate: float
    ema: float
    quantise_share: float

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
        known = bool(self.codecs) and set(self.codecs) <= set(ENCODERS)
        _expect(known, "codecs", f"some of {', '.join(ENCODERS)}", self.codecs)


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
