"""Recipes on disk: small TOML files, and nothing in them that is not asked for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_origin, get_type_hints

from pellucid.errors import RecipeError

MAX_LINES = 25
# What TOML may hold for each type of field; a whole number serves as a float.
KINDS: dict[Any, tuple[type, ...]] = {
    int: (int,),
    float: (int, float),
    str: (str,),
    Literal: (str,),
    tuple: (tuple,),
}
T = TypeVar("T")


def read_values(path: Path) -> dict[str, Any]:
    """What a recipe file says. Raises RecipeError for one that cannot be read or is too long."""
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"{path}: not a readable recipe ({error})") from error
    if len(text.splitlines()) > MAX_LINES:
        raise RecipeError(f"{path}: a recipe has at most {MAX_LINES} lines")
    return values


def fill(path: Path, kind: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass of the values.

    Raises RecipeError on an unknown key, a missing one, a wrong type, and what `kind` refuses.
    """
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(values.keys() - known):
        choices = ", ".join(sorted(known))
        raise RecipeError(f"{path}: unknown key {', '.join(unknown)}; the keys are {choices}")
    if missing := sorted(known - values.keys()):
        raise RecipeError(f"{path}: missing key {', '.join(missing)}")
    frozen: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in values.items()
    }
    try:
        for name, hint in get_type_hints(kind).items():
            kinds = KINDS[get_origin(hint) or hint]
            expect(type(frozen[name]) in kinds, name, kinds[-1].__name__, repr(values[name]))
        return kind(**frozen)
    except (TypeError, ValueError) as error:
        raise RecipeError(f"{path}: {error}") from error


def within(recipe: object, limits: Mapping[str, tuple[float, float]]) -> None:
    """Raise RecipeError unless each number that there is lies within its limits."""
    for name, (least, most) in limits.items():
        value = getattr(recipe, name, least)
        expect(least <= value <= most, name, f"{least:g}..{most:g}", value)


def rising(recipe: object, spans: Mapping[str, tuple[float, float]]) -> None:
    """Raise RecipeError unless each span is two rising numbers within its limits."""
    for name, (least, most) in spans.items():
        span = getattr(recipe, name)
        rises = len(span) == 2 and least <= span[0] <= span[1] <= most
        expect(rises, name, f"two rising numbers in {least:g}..{most:g}", span)


def expect(condition: bool, name: str, expected: str, got: object) -> None:
    """Raise RecipeError, by the value's name, unless the condition holds."""
    if not condition:
        raise RecipeError(f"{name}: expected {expected}, got {got}")
