"""Where training pictures come from: every still and clip below the folders that were named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from pellucid.errors import MediaError
from pellucid.frames import VideoFrame
from pellucid.media.layout import planes

STILLS = {".png", ".webp", ".jpg", ".jpeg"}
CLIPS = {".mp4", ".mkv", ".webm", ".mov"}
HOLD_OUT = 40  # one still in this many, and the last tenth of every clip, is for validation


@dataclass(frozen=True)
class Sources:
    """Paths in a fixed order, whatever the file system's."""

    stills: tuple[Path, ...]
    clips: tuple[Path, ...]


def find_sources(folders: tuple[Path, ...]) -> Sources:
    """Every still and clip below `folders`. Raises MediaError when there is none."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    stills = tuple(path for path in files if path.suffix.lower() in STILLS)
    clips = tuple(path for path in files if path.suffix.lower() in CLIPS)
    if not stills and not clips:
        raise MediaError(f"{', '.join(map(str, folders))}: no still and no clip to train on")
    return Sources(stills, clips)


def is_held_out(still: Path) -> bool:
    """Whether a still is for validation: decided by its name alone, so it never changes sides."""
    return int(hashlib.sha256(still.stem.encode()).hexdigest(), 16) % HOLD_OUT == 0


def still_luma(path: Path) -> npt.NDArray[np.uint8]:
    """Limited-range BT.601 luma of a picture, cropped to multiples of 4: uint8 (H, W)."""
    rgb = np.asarray(Image.open(path).convert("RGB"), np.float32)
    luma = 16 + rgb @ np.array([65.481, 128.553, 24.966], np.float32) / 255
    return _crop(np.round(luma).astype(np.uint8), 4)


def clip_frames(path: Path, limit: int) -> Iterator[VideoFrame]:
    """The first `limit` frames of a clip as 4:2:0, cropped so that half the size is even."""
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == limit:
                return
            y, u, v = planes(frame.reformat(format="yuv420p"))
            assert u is not None
            assert v is not None
            yield VideoFrame(_crop(y, 4), _crop(u, 2), _crop(v, 2), index)


def _crop(plane: npt.NDArray[np.uint8], multiple: int) -> npt.NDArray[np.uint8]:
    height, width = (size // multiple * multiple for size in plane.shape)
    return plane[:height, :width].copy()
