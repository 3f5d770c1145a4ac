"""Checkpoints: all that a training needs to go on, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from pellucid.errors import RecipeError


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a state; what stood there stays until the new one is whole."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def read_checkpoint(path: Path, **mine: Any) -> dict[str, Any]:
    """Read a state.

    mine: what must equal the state's entries of those names. Raises RecipeError when it does not,
    or when the file is damaged.
    """
    try:
        state = dict(torch.load(path, weights_only=True))
        assert state.keys() >= mine.keys()
    except Exception as error:  # torch names no root for what a damaged file may raise
        raise RecipeError(f"{path}: damaged checkpoint; remove it to start anew") from error
    for what, value in mine.items():
        if state[what] != value:
            raise RecipeError(f"{path}: of a run with another {what}; choose another folder")
    return state
