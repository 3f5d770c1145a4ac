"""The surface's two parts: sampled with and without the exact map, and by learned ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from pellucid.lab.transport.evenness import evenness, head_area, likeness, patches
from pellucid.lab.transport.extension import Extension, extension_of
from pellucid.lab.transport.networks import Map, Pairs, learn
from pellucid.lab.transport.problem import Problem
from pellucid.lab.transport.solver import Solution, solve
from pellucid.lab.transport.surface import Surface, bust
from pellucid.training.transport.arrays import Array, Numbers

PATCHES = 64
HIDDEN = 64  # units of the networks of which there are two
WIDER = 1.42  # times, the one network: as many parameters as the two
JUDGED = 20_000  # points of each learned map
POOL = 100_000  # places from which the networks' pairs are drawn
WAYS = ("exact map, exact surface", "learned map, exact surface", "two trainings", "one training")
INNER = 0.997  # of the radius, where a learned map is held


@dataclass(frozen=True, eq=False)
class Sampled:
    """places: uniform on the disk (K, 2); moved: where the map takes them."""

    surface: Surface
    solution: Solution
    extension: Extension
    labels: Numbers
    places: Array
    moved: Array

    @property
    def numbers(self) -> dict[str, Any]:
        """The evenness of both, for JSON."""
        without, with_map = (
            asdict(evenness(self.surface, self.labels, self.surface.locate(x)[0]))
            for x in (self.places, self.moved)
        )
        residuals = self.solution.residuals
        return {
            "without": without, "with": with_map, "head area": head_area(self.surface),
            "vertices": len(self.surface.vertices), "patches": int(self.labels.max()) + 1,
            "steps": len(residuals) - 1, "residual": residuals[-1],
        }  # fmt: skip


def sample_surface(vertices: int, points: int, seed: int) -> Sampled:
    """The map takes uniform on the disk to the vertices with the shares of their areas."""
    surface = bust(vertices)
    solution = solve(Problem(surface.domain, surface.flat, surface.shares))
    extension = extension_of(solution)
    places = surface.domain.draw(np.random.default_rng(seed), points)
    labels = patches(surface, PATCHES)
    return Sampled(surface, solution, extension, labels, places, extension(places))


def compare_maps(
    sampled: Sampled, seeds: Sequence[int], steps: int, tick: Callable[[float], None]
) -> tuple[list[dict[str, Any]], dict[str, Array]]:
    """Rows of each way and seed, and the first seed's points (K, 3) of each way."""
    torch.set_num_threads(1)
    judge = likeness(sampled.surface, np.random.default_rng(0))
    places = sampled.places[:JUDGED]
    exact = sampled.surface.lift(sampled.moved[:JUDGED])
    rows: list[dict[str, Any]] = []
    clouds: dict[str, Array] = {}
    for place, seed in enumerate(seeds):
        for way, (made, parameters) in learned_ways(sampled, seed, steps).items():
            cloud = made(places)
            triangles, distances = judge(cloud)
            found = evenness(sampled.surface, sampled.labels, triangles)
            rows.append({
                "way": way, "seed": seed, "parameters": parameters, "variation": found.variation,
                "head": found.head, "noise": found.noise,
                "distance": float(np.sqrt((distances**2).mean())),
                "error": float(np.sqrt(((cloud - exact) ** 2).sum(1).mean())),
            })  # fmt: skip
            clouds.setdefault(way, cloud)
        tick((place + 1) / len(seeds))
    return rows, clouds


def learned_ways(sampled: Sampled, seed: int, steps: int) -> dict[str, tuple[Map, int]]:
    """Each way's map from the disk to space, and its parameters. One training has as many
    parameters as the two together, and their steps.
    """
    surface, rng = sampled.surface, np.random.default_rng(seed)
    latent = surface.domain.draw(rng, POOL)
    flat = sampled.extension(latent)
    space = surface.lift(flat)

    def pairs(inputs: Array, outputs: Array) -> Pairs:
        def drawn(count: int) -> tuple[Array, Array]:
            some = rng.integers(POOL, size=count)
            return inputs[some], outputs[some]

        return drawn

    to_flat = learn(pairs(latent, flat), HIDDEN, steps, seed)
    lifted = learn(pairs(flat, space), HIDDEN, steps, seed)
    at_once = learn(pairs(latent, space), round(WIDER * HIDDEN), 2 * steps, seed)

    def held(places: Array) -> Array:
        """A learned map may leave the disk; the surface does not."""
        sizes = np.linalg.norm(places, axis=1, keepdims=True)
        return np.asarray(places * (INNER / np.maximum(sizes, INNER)))

    both = to_flat.parameters + lifted.parameters
    return {
        WAYS[0]: (lambda x: surface.lift(sampled.extension(x)), 0),
        WAYS[1]: (lambda x: surface.lift(held(to_flat(x))), to_flat.parameters),
        WAYS[2]: (lambda x: lifted(to_flat(x)), both),
        WAYS[3]: (at_once, at_once.parameters),
    }
