"""From a good picture to what a call delivers: halved by the sender, coded, decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pellucid.frames import VideoFrame
from pellucid.training.motion import draw_pan, pan_over
from pellucid.training.recipe import Recipe
from pellucid.video import halve
from pellucid.video.coding import Coding, through_codec

Luma = npt.NDArray[np.uint8]
Halving = Callable[[Luma], Luma]
TAKE_FRAMES = 75  # a take of a clip: long enough for rate control to settle
FRAMES_APART = 6  # neighbouring frames of a call teach nearly the same
REFERENCE_PIXELS = 1280 * 720  # the size that a recipe's kilobits are meant for


@dataclass(frozen=True, eq=False)
class Pair:
    """low: uint8 (H, W) as received. high: uint8 (2H, 2W), the truth."""

    low: Luma
    high: Luma


def degrade_still(still: Luma, recipe: Recipe, rng: np.random.Generator) -> Pair:
    """One take of a still: clean, or the last frame of a coded pan over it."""
    halved = _draw_halving(recipe, rng)
    if rng.random() < recipe.clean_share:
        return Pair(halved(still), still)
    frames = [_grey(halved(frame)) for frame in pan_over(still, draw_pan(rng))]
    coding = _draw_quantiser(recipe, rng)
    return Pair(through_codec(frames, coding).frames[-1].y, still)


def degrade_clip(
    frames: Sequence[VideoFrame], recipe: Recipe, rng: np.random.Generator
) -> Iterator[Pair]:
    """One take of a clip: a stretch of it coded at one drawn rate, some frames of it returned."""
    if not frames:
        return
    start = int(rng.integers(0, max(1, len(frames) - TAKE_FRAMES + 1)))
    stretch = frames[start : start + TAKE_FRAMES]
    halved = _draw_halving(recipe, rng)
    sent = [_halve_frame(frame, halved) for frame in stretch]
    coding = _draw_rate(recipe, stretch[0], rng)
    received = through_codec(sent, coding).frames
    for index in range(int(rng.integers(1, FRAMES_APART)), len(stretch), FRAMES_APART):
        source = sent if rng.random() < recipe.clean_share else received
        yield Pair(source[index].y, stretch[index].y)


def _draw_halving(recipe: Recipe, rng: np.random.Generator) -> Halving:
    return halve.area if rng.random() < recipe.area_share else halve.bicubic


def _draw_quantiser(recipe: Recipe, rng: np.random.Generator) -> Coding:
    """A fixed quantiser: on few frames rate control would only show its first guesses."""
    codec = str(rng.choice(recipe.codecs))
    low, high = recipe.crf if codec == "x264" else recipe.vp8_quantiser
    return Coding(codec, quantiser=float(rng.uniform(low, high)))  # type: ignore[arg-type]


def _draw_rate(recipe: Recipe, frame: VideoFrame, rng: np.random.Generator) -> Coding:
    """Half the takes at a constant rate, log-uniform and scaled to the picture's size."""
    coding = _draw_quantiser(recipe, rng)
    if rng.random() < 0.5:
        return coding
    low, high = np.log(recipe.kilobits)
    size = (frame.height * frame.width / REFERENCE_PIXELS) ** 0.7  # bits grow slower than pixels
    return replace(coding, kilobits=float(np.exp(rng.uniform(low, high)) * size))


def _halve_frame(frame: VideoFrame, halved: Halving) -> VideoFrame:
    assert frame.u is not None
    assert frame.v is not None
    return VideoFrame(halved(frame.y), halve.area(frame.u), halve.area(frame.v), frame.pts)


def _grey(low: Luma) -> VideoFrame:
    """A still's luma as a 4:2:0 frame without colour: colour bits would not change its luma."""
    even = low[: low.shape[0] // 2 * 2, : low.shape[1] // 2 * 2]
    chroma = np.full((even.shape[0] // 2, even.shape[1] // 2), 128, np.uint8)
    return VideoFrame(even, chroma, chroma)
