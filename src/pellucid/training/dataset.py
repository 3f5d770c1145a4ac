"""The pairs a recipe trains on, made once and kept as two large arrays of patches on disk.

One patch pair is `PATCH` low-resolution pixels wide: larger than what a batch takes, so that
every visit crops another place. Made in parallel, one random stream a source file, so the
number of processes changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from pellucid.errors import MediaError
from pellucid.training.degrade import Pair, degrade_clip, degrade_still
from pellucid.training.recipe import LARGEST_PATCH, Recipe
from pellucid.training.screens import draw_screen
from pellucid.training.sources import CLIPS, Sources, clip_frames, is_held_out, still_luma

Patches = npt.NDArray[np.uint8]
PATCH = LARGEST_PATCH
STILL_PATCHES = 4  # kept of each take of a still
CLIP_PATCHES = 6  # kept of each frame taken from a clip
SCREEN_SHARE = 20  # stills for each made-up screen
SMALLER_SHARE = 0.5  # of takes that shrink a still first, where nothing is coded
SMALLEST = 0.5  # of its size
CLIP_LIMIT = 400  # frames read of a clip
# What the patches depend on besides a recipe and its files.
CONSTANTS = (PATCH, STILL_PATCHES, CLIP_PATCHES, SCREEN_SHARE, SMALLER_SHARE, SMALLEST)
DATA_KEYS = (
    "seed", "still_takes", "clip_takes", "clean_share", "camera_share", "halvings",
    "codecs", "crf", "vpx_quantiser", "kilobits",
)  # fmt: skip

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Dataset:
    """low: uint8 (N, PATCH, PATCH). high: uint8 (N, 2 PATCH, 2 PATCH).

    traces: int16 (N, 36), of the whole picture that each patch was received in. group: int8 (N,),
    one of the five below. source: int16 (N,), one number for each file or made-up screen. digest:
    names what the patches were made from.
    """

    low: Patches
    high: Patches
    traces: npt.NDArray[np.int16]
    group: npt.NDArray[np.int8]
    source: npt.NDArray[np.int16]
    digest: str


STILL, CLIP, STILL_HELD_OUT, CLIP_HELD_OUT, LEFT_OUT = range(5)


def make_dataset(recipe: Recipe, sources: Sources, cache: Path, progress: Progress) -> Dataset:
    """Read the patches from `cache`, or make them there first.

    Raises MediaError for a file that cannot be read, and when nothing is large enough.
    """
    digest = _digest(recipe, sources)
    folder = cache / f"patches-{digest}"
    if not (folder / "group.npy").exists():
        _make(recipe, sources, folder, progress)
    low, high = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("low", "high"))
    names = ("traces", "group", "source")
    traces, group, source = (np.load(folder / f"{name}.npy") for name in names)
    return Dataset(low, high, traces, group, source, digest)


def part_of(dataset: Dataset, share: float, seed: int) -> Dataset:
    """The same with only a share of its sources to train on: stills and clips, one at least.

    share: above 0, up to 1. What is held out stays as it is, so that scores compare.
    """
    rng, group = np.random.default_rng(seed), dataset.group.copy()
    for kind in (STILL, CLIP):
        sources = rng.permutation(np.unique(dataset.source[dataset.group == kind]))
        left_out = sources[math.ceil(share * len(sources)) :]
        group[(dataset.group == kind) & np.isin(dataset.source, left_out)] = LEFT_OUT
    return replace(dataset, group=group, digest=f"{dataset.digest} {share:g} {seed}")


def patches_of(pair: Pair, count: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Cut up to `count` patches, all from the more detailed half of a randomly placed grid."""
    return (cut(pair, corner) for corner in corners_of(pair, count, rng))


def corners_of(pair: Pair, count: int, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Where `patches_of` cuts: top and left, in low-resolution pixels."""
    height, width = (size // PATCH for size in pair.low.shape)
    slack = [int(rng.integers(0, size % PATCH + 1)) for size in pair.low.shape]
    corners = [
        (slack[0] + row * PATCH, slack[1] + column * PATCH)
        for row in range(height)
        for column in range(width)
    ]
    ranked = sorted(corners, key=lambda corner: -_detail(cut(pair, corner).high))
    kept = ranked[: max(count, len(ranked) // 2)]
    for index in rng.permutation(len(kept))[:count]:
        yield kept[index]


def cut(pair: Pair, corner: tuple[int, int]) -> Pair:
    """The patch of a pair whose top and left are there."""
    top, left = corner
    low = pair.low[top : top + PATCH, left : left + PATCH]
    high = pair.high[2 * top : 2 * (top + PATCH), 2 * left : 2 * (left + PATCH)]
    return Pair(low.copy(), high.copy(), pair.traces)


def _make(recipe: Recipe, sources: Sources, folder: Path, progress: Progress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    screens = [None] * (len(sources.stills) // SCREEN_SHARE)
    everything = [*sources.stills, *sources.clips, *screens]
    jobs = [(recipe, path, index) for index, path in enumerate(everything)]
    made: list[tuple[int, int, Pair]] = []  # source, group, patch
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for source, pairs in enumerate(pool.map(_pairs_of_job, jobs)):
            made += [(source, group, pair) for group, pair in pairs]
            progress(source + 1, len(jobs))
    sources_of, groups, patches = zip(*made, strict=True) if made else ((), (), ())
    if not {STILL, CLIP} & set(groups):
        raise MediaError(f"nothing to train on: expected stills and clips of {2 * PATCH} or more")
    np.save(folder / "low.npy", np.stack([pair.low for pair in patches]))
    np.save(folder / "high.npy", np.stack([pair.high for pair in patches]))
    np.save(folder / "traces.npy", np.stack([pair.traces for pair in patches]).astype(np.int16))
    np.save(folder / "source.npy", np.array(sources_of, np.int16))
    np.save(folder / "group.npy", np.array(groups, np.int8))  # the last: it says all are there


def _pairs_of_job(job: tuple[Recipe, Path | None, int]) -> list[tuple[int, Pair]]:
    recipe, path, index = job
    rng = np.random.default_rng([recipe.seed, index])
    return [
        (take.group, patch)
        for take in takes_of(path, recipe, rng)
        for patch in patches_of(take.pair, take.patches, rng)
    ]


@dataclass(frozen=True, eq=False)
class Take:
    """A whole picture as received, the group it is in, and how many patches to keep of it."""

    pair: Pair
    group: int
    patches: int


def takes_of(path: Path | None, recipe: Recipe, rng: np.random.Generator) -> Iterator[Take]:
    """All takes of a file, of a made-up screen if None. Cut each before asking for the next, so
    that chance comes in the same order. Raises MediaError for a file that cannot be read.
    """
    torch.set_num_threads(1)  # this process is one of several
    try:
        if path is None:
            yield from _still_takes(draw_screen(rng), STILL, recipe, rng)
        elif path.suffix.lower() in CLIPS:
            yield from _clip_takes(path, recipe, rng)
        else:
            group = STILL_HELD_OUT if is_held_out(path) else STILL
            yield from _still_takes(still_luma(path), group, recipe, rng)
    except (OSError, ValueError) as error:  # Pillow's and FFmpeg's errors are among these
        raise MediaError(f"{path}: cannot be trained on ({error})") from error


def _still_takes(
    luma: Patches, group: int, recipe: Recipe, rng: np.random.Generator
) -> Iterator[Take]:
    if min(luma.shape) < 2 * PATCH:
        return
    for _ in range(recipe.still_takes):
        pair = degrade_still(_maybe_smaller(luma, recipe, rng), recipe, rng)
        yield Take(pair, group, STILL_PATCHES)


def _maybe_smaller(luma: Patches, recipe: Recipe, rng: np.random.Generator) -> Patches:
    """The still, or the still at a log-uniform scale that leaves one patch at least.

    Photographs are soft at full size, and clean pictures gain by sharper ones; calls do not.
    """
    if recipe.clean_share < 1 or rng.random() >= SMALLER_SHARE:
        return luma
    scale = float(np.exp(rng.uniform(np.log(SMALLEST), 0)))
    height, width = (max(2 * PATCH, round(side * scale) // 4 * 4) for side in luma.shape)
    return np.asarray(Image.fromarray(luma).resize((width, height), Image.Resampling.BICUBIC))


def _clip_takes(path: Path, recipe: Recipe, rng: np.random.Generator) -> Iterator[Take]:
    frames = list(clip_frames(path, CLIP_LIMIT))
    seen = len(frames) * 9 // 10
    parts = ((CLIP, frames[:seen], recipe.clip_takes), (CLIP_HELD_OUT, frames[seen:], 2))
    for group, part, takes in parts:
        for pair in (pair for _ in range(takes) for pair in degrade_clip(part, recipe, rng)):
            yield Take(pair, group, CLIP_PATCHES)


def _detail(luma: Patches) -> float:
    picture = luma.astype(np.int16)
    across, down = np.diff(picture, axis=1), np.diff(picture, axis=0)
    return float(np.abs(across).mean() + np.abs(down).mean())


def _digest(recipe: Recipe, sources: Sources) -> str:
    """Names the cache: the data settings and the files, so that a change makes another one."""
    settings = {key: value for key, value in asdict(recipe).items() if key in DATA_KEYS}
    files = [(path.name, path.stat().st_size) for path in (*sources.stills, *sources.clips)]
    text = json.dumps([settings, files, CONSTANTS])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
