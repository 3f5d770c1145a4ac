"""Small made scenes and files for the tests of the bench: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from pellucid.frames import Plane, VideoFrame
from pellucid.media.layout import to_av


def scene(height: int, width: int, shift: int = 0, seed: int = 1) -> Plane:
    """Waves, edges and a little grain that all move `shift` pixels to the left, 16 to 235."""
    rows, columns = np.mgrid[0:height, 0:width]
    columns = columns + shift
    waves = 60 * np.sin(rows / 7) * np.cos(columns / 5)
    edges = 50 * ((rows // 12 + columns // 15) % 2)
    grain = np.random.default_rng(seed).normal(0, 4, (height, width + 64))[:, shift : shift + width]
    return np.clip(110 + waves + edges + grain, 16, 235).astype(np.uint8)


def frame(luma: Plane, pts: int = 0) -> VideoFrame:
    """A 4:2:0 frame of that luma with a slow colour gradient."""
    height, width = (-(-size // 2) for size in luma.shape)
    across = np.broadcast_to(np.linspace(90, 160, width), (height, width)).astype(np.uint8)
    return VideoFrame(luma, across, (255 - across), pts)


def moving(count: int, height: int = 96, width: int = 128) -> list[VideoFrame]:
    """The scene panned by one pixel a frame."""
    return [frame(scene(height, width, index), index) for index in range(count)]


def write_lossless(path: Path, frames: Sequence[VideoFrame], fps: int = 30) -> Path:
    """An FFV1 file holding exactly these frames."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=fps)
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = "yuv420p"
        for pts, one in enumerate(frames):
            picture = to_av(one, "yuv420p")
            picture.pts, picture.time_base = pts, Fraction(1, fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def write_png(path: Path, rgb: Plane) -> Path:
    Image.fromarray(rgb).save(path)
    return path


def colourful(height: int, width: int) -> Plane:
    """uint8 (H, W, 3)."""
    return np.stack([scene(height, width, seed=seed, shift=seed * 9) for seed in (1, 2, 3)], -1)
