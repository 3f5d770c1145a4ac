"""A camera that moves over a still, so that a codec predicts between frames and leaves its marks.

A still coded alone shows intra artefacts only; calls show what is left after many predicted
frames. The last frame of a pan is the still itself, so no interpolation touches the target.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

Luma = npt.NDArray[np.uint8]
OBJECT_SHARE = 0.15  # of pans that something moves through


@dataclass(frozen=True)
class Pan:
    """Camera motion per frame: pixels down and right, zoom factor minus 1, turn in radians."""

    frames: int
    down: float
    right: float
    zoom: float
    turn: float


def draw_pan(rng: np.random.Generator) -> Pan:
    """Draw a motion as calls have it: mostly a moving head or hand camera, sometimes none."""
    speed = rng.choice([2.5, 0.4, 0.0], p=[0.6, 0.2, 0.2])
    down, right = rng.normal(0, 1, 2) * speed
    if rng.random() < 0.4:
        down, right = np.round([down, right])
    zoom = rng.normal(0, 0.006) if speed and rng.random() < 0.5 else 0.0
    turn = rng.normal(0, 0.004) if speed and rng.random() < 0.3 else 0.0
    return Pan(int(rng.integers(4, 8)), float(down), float(right), float(zoom), float(turn))


def pan_over(still: Luma, pan: Pan, rng: np.random.Generator) -> list[Luma]:
    """The frames of a pan over a still, oldest first; the last one is the still.

    Now and then something moves through the picture by itself: an oval of the still, mirrored.
    """
    views = _views(still, pan)
    if rng.random() >= OBJECT_SHARE:
        return views
    walker = _views(still[:, ::-1].copy(), replace(draw_pan(rng), frames=pan.frames))
    masks = _views(_oval(still.shape, rng), replace(draw_pan(rng), frames=pan.frames))
    return [
        np.where(mask > 127, one, other)
        for mask, one, other in zip(masks, walker, views, strict=True)
    ]


def _views(still: Luma, pan: Pan) -> list[Luma]:
    if not (pan.down or pan.right or pan.zoom or pan.turn):
        return [still] * pan.frames
    source = torch.from_numpy(still.astype(np.float32))[None, None]  # (1, 1, H, W)
    older = [_moved(source, pan, age) for age in range(pan.frames - 1, 0, -1)]
    return [*older, still]


def _oval(shape: tuple[int, ...], rng: np.random.Generator) -> Luma:
    """255 inside an oval about a third of the picture wide, 0 outside: uint8 (H, W)."""
    height, width = shape
    down, right = np.ogrid[:height, :width]
    middle, radius = rng.uniform(0.25, 0.75, 2), rng.uniform(0.12, 0.3, 2)
    distance = ((down / height - middle[0]) / radius[0]) ** 2
    distance = distance + ((right / width - middle[1]) / radius[1]) ** 2
    return np.where(distance < 1, 255, 0).astype(np.uint8)


def _moved(source: torch.Tensor, pan: Pan, age: int) -> Luma:
    """The still as seen `age` frames earlier (bicubic, mirrored beyond its edge)."""
    height, width = source.shape[-2:]
    scale, angle = 1 + pan.zoom * age, pan.turn * age
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    aspect = height / width
    theta = torch.tensor(
        [
            [cos, -sin * aspect, 2 * pan.right * age / width],
            [sin / aspect, cos, 2 * pan.down * age / height],
        ],
        dtype=torch.float32,
    )
    grid = functional.affine_grid(theta[None], list(source.shape), align_corners=False)
    moved = functional.grid_sample(
        source, grid, mode="bicubic", padding_mode="reflection", align_corners=False
    )
    return moved[0, 0].round_().clamp_(0, 255).to(torch.uint8).numpy()
