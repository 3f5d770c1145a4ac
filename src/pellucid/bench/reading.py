"""What a file shows, video or still picture alike: luma frame by frame, or one frame in RGB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from pellucid.bench import ycbcr
from pellucid.bench.ycbcr import Rgb
from pellucid.errors import MediaError
from pellucid.frames import Plane, VideoFrame
from pellucid.media.pictures import SUFFIXES, read_picture
from pellucid.media.source import Source


@dataclass(frozen=True, eq=False)
class Shown:
    """One frame: luma uint8 (H, W) on the limited scale, time in seconds from the start."""

    luma: Plane
    time: float


def read_luma(path: Path) -> Iterator[Shown]:
    """Every frame in the order of presentation; a still picture is one frame.

    One frame is held at a time, so long files are fine. Raises MediaError.
    """
    if is_picture(path):
        yield Shown(ycbcr.luma_plane(_read_rgb(path)), 0.0)
        return
    start: float | None = None
    for frame in _frames(path):
        start = float(frame.time) if start is None else start
        yield Shown(ycbcr.limited(frame), float(frame.time) - start)


def read_rgb(path: Path, index: int) -> Rgb:
    """Frame `index` as a player shows it, upright: uint8 (H, W, 3). Raises MediaError."""
    if is_picture(path):
        return _read_rgb(path)
    with Source(path) as source:
        turns = round(source.video.rotation / 90)
    found = next(islice(_frames(path), index, None), None)
    if found is None:
        raise MediaError(f"{path}: has no frame {index}")
    return np.ascontiguousarray(np.rot90(ycbcr.rgb(found), turns))


def is_picture(path: Path) -> bool:
    """Whether the suffix is a still picture's."""
    return path.suffix.lower() in SUFFIXES


def _read_rgb(path: Path) -> Rgb:
    pixels = read_picture(path).pixels
    return np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels


def _frames(path: Path) -> Iterator[VideoFrame]:
    with Source(path) as source:
        yield from (item for item in source.items() if isinstance(item, VideoFrame))
