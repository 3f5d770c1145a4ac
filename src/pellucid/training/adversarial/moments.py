"""What a training against critics draws from: places of two consecutive frames, and their batches.

The pairs are made as for any other training (dataset.py); here the frame before is kept too, so
that what flickers can be seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pellucid.errors import MediaError
from pellucid.training.dataset import (
    CLIP,
    CLIP_HELD_OUT,
    CONSTANTS,
    DATA_KEYS,
    PATCH,
    SCREEN_SHARE,
    STILL,
    STILL_HELD_OUT,
    Patches,
    Progress,
    corners_of,
    cut,
    takes_of,
)
from pellucid.training.degrade import Pair
from pellucid.training.recipe import Recipe
from pellucid.training.sources import Sources

SHOWN = 24  # held-out places of each kind that a training is judged by


@dataclass(frozen=True, eq=False)
class Moments:
    """low: uint8 (N, 2, PATCH, PATCH), the frame before and the frame; high twice as large.

    traces: int16 (N, 36). group: int8 (N,), as of a Dataset. digest: what they were made from.
    A picture that had no frame before stands there twice.
    """

    low: Patches
    high: Patches
    traces: npt.NDArray[np.int16]
    group: npt.NDArray[np.int8]
    digest: str


@dataclass(frozen=True, eq=False)
class MomentBatch:
    """low (B, 2, p, p) and high (B, 2, 2p, 2p), whole numbers in float32; traces (B, 36)."""

    low: Tensor
    high: Tensor
    traces: Tensor


def make_moments(
    recipes: Sequence[Recipe], sources: Sources, cache: Path, progress: Progress
) -> Moments:
    """Read those of all recipes, at least one, from `cache`, or make them there first.

    Raises MediaError for a file that cannot be read, and when nothing is large enough.
    """
    found = [_of_recipe(recipe, sources, cache, progress) for recipe in recipes]
    return found[0] if len(found) == 1 else _together(found)


def _together(found: Sequence[Moments]) -> Moments:
    names = ("low", "high", "traces", "group")
    joined = {name: np.concatenate([getattr(one, name) for one in found]) for name in names}
    return Moments(**joined, digest=" ".join(one.digest for one in found))


def _of_recipe(recipe: Recipe, sources: Sources, cache: Path, progress: Progress) -> Moments:
    digest = _digest(recipe, sources)
    folder = cache / f"moments-{digest}"
    if not (folder / "group.npy").exists():
        _make(recipe, sources, folder, progress)
    low, high = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("low", "high"))
    traces, group = (np.load(folder / f"{name}.npy") for name in ("traces", "group"))
    return Moments(low, high, traces, group, digest)


def draw(
    moments: Moments, chosen: Sequence[int], rng: np.random.Generator, side: int
) -> MomentBatch:
    """These places, each cut and turned by chance, both frames alike."""
    pairs = [_turned(moments, index, rng, side) for index in chosen]
    planes = [np.stack(planes) for planes in zip(*pairs, strict=True)]
    arrays = (*planes, moments.traces[list(chosen)])
    return MomentBatch(*(torch.from_numpy(array).float() for array in arrays))


def held_out(moments: Moments, side: int) -> MomentBatch:
    """The first held-out places of stills and clips; of what is trained on where there are none."""
    kinds = [np.flatnonzero(moments.group == kind) for kind in (STILL_HELD_OUT, CLIP_HELD_OUT)]
    index = np.concatenate(
        [kind[np.linspace(0, len(kind) - 1, SHOWN).astype(int)] for kind in kinds if len(kind)]
    )
    if not len(index):
        index = np.arange(min(SHOWN, len(moments.group)))
    low = np.stack([moments.low[i][:, :side, :side] for i in index])
    high = np.stack([moments.high[i][:, : 2 * side, : 2 * side] for i in index])
    arrays = (low, high, moments.traces[index])
    return MomentBatch(*(torch.from_numpy(array).float() for array in arrays))


def learned(moments: Moments) -> npt.NDArray[np.intp]:
    """The numbers of the places that are trained on."""
    return np.flatnonzero(np.isin(moments.group, (STILL, CLIP)))


def _turned(
    moments: Moments, index: int, rng: np.random.Generator, side: int
) -> tuple[Patches, ...]:
    top, left = rng.integers(0, PATCH - side + 1, 2)
    turn, mirror = int(rng.integers(4)), rng.random() < 0.5
    low = moments.low[index][:, top : top + side, left : left + side]
    high = moments.high[index][:, 2 * top : 2 * (top + side), 2 * left : 2 * (left + side)]
    return tuple(
        np.ascontiguousarray(np.rot90(planes[..., ::-1] if mirror else planes, turn, (1, 2)))
        for planes in (low, high)
    )


def _make(recipe: Recipe, sources: Sources, folder: Path, progress: Progress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    screens = [None] * (len(sources.stills) // SCREEN_SHARE)
    paths = [*sources.stills, *sources.clips, *screens]
    jobs = [(recipe, path, index) for index, path in enumerate(paths)]
    made: list[tuple[int, Pair, Pair]] = []  # group, the frame before, the frame
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for done, found in enumerate(pool.map(_moments_of_job, jobs), start=1):
            made += found
            progress(done, len(jobs))
    groups = [group for group, _, _ in made]
    if not {STILL, CLIP} & set(groups):
        raise MediaError(f"nothing to train on: expected stills and clips of {2 * PATCH} or more")
    for name in ("low", "high"):
        both = [[getattr(pair, name) for pair in pairs] for _, *pairs in made]
        np.save(folder / f"{name}.npy", np.array(both))
    np.save(folder / "traces.npy", np.stack([pair.traces for _, _, pair in made]).astype(np.int16))
    np.save(folder / "group.npy", np.array(groups, np.int8))  # the last: it says all are there


def _moments_of_job(job: tuple[Recipe, Path | None, int]) -> list[tuple[int, Pair, Pair]]:
    recipe, path, index = job
    rng = np.random.default_rng([recipe.seed, index])
    return [
        (take.group, cut(_before(take.pair), corner), cut(take.pair, corner))
        for take in takes_of(path, recipe, rng)
        for corner in corners_of(take.pair, take.patches, rng)
    ]


def _before(pair: Pair) -> Pair:
    return Pair(*pair.before, pair.traces) if pair.before else pair


def _digest(recipe: Recipe, sources: Sources) -> str:
    settings = {key: value for key, value in asdict(recipe).items() if key in DATA_KEYS}
    files = [(path.name, path.stat().st_size) for path in (*sources.stills, *sources.clips)]
    text = json.dumps(["two frames", settings, files, CONSTANTS])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
