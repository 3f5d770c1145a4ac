"""The arms: supervised alone, with critics, with each constraint besides, and with all three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pellucid.training.adversarial.recipe import AdversarialRecipe

CRITICS = ("adversarial", "temporal", "penalty")
ARMS: Mapping[str, tuple[str, ...]] = {
    "supervised": (),
    "GAN": CRITICS,
    "GAN + local": (*CRITICS, "local"),
    "GAN + tangent": (*CRITICS, "tangent"),
    "GAN + latent": (*CRITICS, "latent"),
    "all": (*CRITICS, "local", "tangent", "latent"),
}
PLAIN, ALL = "GAN", "all"


def arm_of(recipe: AdversarialRecipe, arm: str, seed: int, steps: int) -> AdversarialRecipe:
    """The recipe with the arm's terms alone beside the supervised ones."""
    left_out: dict[str, Any] = {name: 0.0 for name in ARMS[ALL] if name not in ARMS[arm]}
    return replace(recipe, seed=seed, steps=steps, **left_out)
