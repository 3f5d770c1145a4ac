"""The trainings of all arms, on the same places, from the same weights, for as many steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pellucid.artifact import find_model
from pellucid.lab.journal import Journal
from pellucid.lab.vivid.arms import arm_of
from pellucid.training.adversarial.diagnostics import collapse, examine
from pellucid.training.adversarial.moments import Moments, held_out
from pellucid.training.adversarial.recipe import AdversarialRecipe
from pellucid.training.adversarial.textures import Textures, learn_textures
from pellucid.training.adversarial.train import Training
from pellucid.video.model import load


@dataclass(frozen=True)
class Plan:
    """seeds: trainings of each arm, from 1 on. Of one set of places, made by the recipe's seed."""

    recipe: AdversarialRecipe
    arms: Sequence[str]
    seeds: int
    steps: int


def open_journal(log: Path, plan: Plan, moments: Moments) -> Journal:
    """What is done so far. Raises RecipeError when it is of other data or another recipe."""
    log.parent.mkdir(parents=True, exist_ok=True)
    settings = {name: value for name, value in asdict(plan.recipe).items() if name != "steps"}
    return Journal(log, {"recipe": settings, "data": moments.digest})


def missing(journal: Journal, plan: Plan) -> list[tuple[str, int]]:
    """Arms and seeds that are still to be trained, seed by seed."""
    done = {(row["arm"], row["seed"], row["steps"]) for row in rows(journal)}
    wanted = [(arm, seed) for seed in range(1, plan.seeds + 1) for arm in plan.arms]
    return [(arm, seed) for arm, seed in wanted if (arm, seed, plan.steps) not in done]


def learn(
    journal: Journal, plan: Plan, moments: Moments, on_arm: Callable[[str, int, int], None]
) -> None:
    """Train what is missing. on_arm: hears of each that is done, and how many are left."""
    left = missing(journal, plan)
    textures = learn_textures(moments, plan.recipe) if left else None
    for count, (arm, seed) in enumerate(left, start=1):
        assert textures
        journal.add(_trained(plan, arm, seed, moments, textures))
        on_arm(arm, seed, len(left) - count)


def rows(journal: Journal) -> list[dict[str, Any]]:
    """Of the trainings, in their order."""
    return [row for row in journal.rows if row["kind"] == "arm"]


def _trained(
    plan: Plan, arm: str, seed: int, moments: Moments, textures: Textures
) -> dict[str, Any]:
    recipe = arm_of(plan.recipe, arm, seed, plan.steps)
    training = Training(recipe, load(find_model(recipe.start))[0], moments, textures)
    slopes: list[float] = []
    training.run(lambda report: slopes.append(report.parts["slope"]), max(plan.steps // 4, 1))
    shown = held_out(moments, recipe.patch)
    exact = recipe.quantise_share > 0
    health = examine(
        training.averaged, shown, training.textures, training.backbone, recipe, exact=exact
    )
    reasons = collapse(health, recipe, slopes[-1]) if recipe.is_noisy else []
    row = {"kind": "arm", "arm": arm, "seed": seed, "steps": plan.steps}
    return row | {"health": asdict(health), "collapse": reasons}


def start_health(plan: Plan, moments: Moments) -> dict[str, Any]:
    """The same look at the network that all begin with."""
    training = Training(
        arm_of(plan.recipe, "supervised", 1, 1), load(find_model(plan.recipe.start))[0], moments
    )
    shown = held_out(moments, plan.recipe.patch)
    found = examine(
        training.generator, shown, training.textures, training.backbone, plan.recipe, exact=True
    )
    return {"kind": "start", "health": asdict(found)}
