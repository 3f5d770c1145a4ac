"""From a good picture to what a call delivers: taken by a camera, halved, coded, decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pellucid.frames import VideoFrame
from pellucid.training.camera import Camera, draw_camera
from pellucid.training.motion import draw_pan, pan_over
from pellucid.training.recipe import Recipe
from pellucid.video import halve
from pellucid.video.coding import Coding, through_codec
from pellucid.video.traces import traces_of

Luma = npt.NDArray[np.uint8]
TAKE_FRAMES = 75  # a take of a clip: long enough for rate control to settle
OPENING_SHARE = 0.5  # of takes that begin where the clip begins, as calls and measurements do
FRAMES_APART = 6  # neighbouring frames of a call teach nearly the same
REFERENCE_PIXELS = 1280 * 720  # the size that a recipe's kilobits are meant for
TWICE_SHARE = 0.04  # of coded takes that were coded once before, as a forwarded recording is
HARDWARE_SHARE = 0.1  # of x264 takes with the few tools that an encoder in silicon has
HARDWARE = {"preset": "ultrafast", "profile": "baseline"}


@dataclass(frozen=True, eq=False)
class Pair:
    """low: uint8 (H, W) as received. high: uint8 (2H, 2W), the truth.

    traces: int32 (36,), of the whole picture that `low` is a part of. before: low and high of the
    frame before; None for a picture alone, and after the cutting of patches.
    """

    low: Luma
    high: Luma
    traces: npt.NDArray[np.int32]
    before: tuple[Luma, Luma] | None = None


def degrade_still(still: Luma, recipe: Recipe, rng: np.random.Generator) -> Pair:
    """One take of a still: clean, or the last frame of a coded pan over it."""
    coded = rng.random() >= recipe.clean_share
    camera = draw_camera(recipe, rng, coded)
    views = pan_over(still, draw_pan(rng), rng) if coded else [still]
    seen = [camera.exposed(view) for view in views]
    low = [camera.sent(view, rng) for view in seen]
    if coded:
        received = _twice_or_once([_grey(picture) for picture in low], recipe, rng)
        low = [frame.y for frame in received]
    before = (low[-2], seen[-2]) if coded else None
    return Pair(low[-1], seen[-1], traces_of(low[-1]), before)


def degrade_clip(
    frames: Sequence[VideoFrame], recipe: Recipe, rng: np.random.Generator
) -> Iterator[Pair]:
    """One take of a clip: a stretch of it coded as in a call, some frames of it returned."""
    if not frames:
        return
    last_start = max(0, len(frames) - TAKE_FRAMES)
    start = 0 if rng.random() < OPENING_SHARE else int(rng.integers(0, last_start + 1))
    stretch = frames[start : start + TAKE_FRAMES]
    camera = draw_camera(recipe, rng, coded=True)
    seen = [camera.exposed(frame.y) for frame in stretch]
    sent = [_sent(*pair, camera, rng) for pair in zip(stretch, seen, strict=True)]
    received = _in_call(sent, recipe, rng)
    for index in range(int(rng.integers(0, FRAMES_APART)), len(stretch), FRAMES_APART):
        low, before = received[index].y, None
        if rng.random() < recipe.clean_share:
            low = draw_camera(recipe, rng, coded=False).sent(seen[index], rng)
        elif index:
            before = (received[index - 1].y, seen[index - 1])
        yield Pair(low, seen[index], traces_of(low), before)


def _twice_or_once(
    frames: list[VideoFrame], recipe: Recipe, rng: np.random.Generator
) -> list[VideoFrame]:
    """A fixed quantiser: on few frames rate control would only show its first guesses."""
    if rng.random() < TWICE_SHARE:
        frames = through_codec(frames, _draw_quantiser(recipe, rng)).frames
    return through_codec(frames, _draw_quantiser(recipe, rng)).frames


def _in_call(
    frames: list[VideoFrame], recipe: Recipe, rng: np.random.Generator
) -> list[VideoFrame]:
    """At a constant rate for three takes in four, at a fixed quantiser else."""
    if rng.random() < 0.25:
        return _twice_or_once(frames, recipe, rng)
    return through_codec(frames, _draw_rate(recipe, frames[0], rng)).frames


def _draw_quantiser(recipe: Recipe, rng: np.random.Generator) -> Coding:
    codec = str(rng.choice(recipe.codecs))
    low, high = recipe.crf if codec == "x264" else recipe.vpx_quantiser
    coding = Coding(codec, quantiser=float(rng.uniform(low, high)))  # type: ignore[arg-type]
    hardware = codec == "x264" and rng.random() < HARDWARE_SHARE
    return replace(coding, options=HARDWARE) if hardware else coding


def _draw_rate(recipe: Recipe, frame: VideoFrame, rng: np.random.Generator) -> Coding:
    """A constant rate, log-uniform and scaled to the picture's size."""
    low, high = np.log(recipe.kilobits)
    size = (4 * frame.height * frame.width / REFERENCE_PIXELS) ** 0.7  # bits grow slower
    kilobits = float(np.exp(rng.uniform(low, high)) * size)
    return replace(_draw_quantiser(recipe, rng), kilobits=kilobits)


def _sent(frame: VideoFrame, seen: Luma, camera: Camera, rng: np.random.Generator) -> VideoFrame:
    assert frame.u is not None
    assert frame.v is not None
    low = camera.sent(seen, rng)
    return VideoFrame(low, halve.area(frame.u), halve.area(frame.v), frame.pts)


def _grey(low: Luma) -> VideoFrame:
    """A still's luma as a 4:2:0 frame without colour: colour bits would not change its luma."""
    even = low[: low.shape[0] // 2 * 2, : low.shape[1] // 2 * 2]
    chroma = np.full((even.shape[0] // 2, even.shape[1] // 2), 128, np.uint8)
    return VideoFrame(even, chroma, chroma)
