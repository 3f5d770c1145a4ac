"""What a recording costs to enlarge in real time, with reuse of what did not change and without."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pellucid.artifact import find_model
from pellucid.bench.call import halve_frame, read_reference
from pellucid.bench.recording import record
from pellucid.frames import Plane
from pellucid.video.engine import pick_engine
from pellucid.video.levels import Levels
from pellucid.video.model import load
from pellucid.video.reuse import Reuse

Flags = npt.NDArray[np.bool_]

FPS = 30
FRAMES = 60
RATES = (150, 300)  # kbit/s


@dataclass(frozen=True)
class Live:
    """One recording. reused: share of luma that was not computed again.

    full_ms, reuse_ms: means over the frames after the first. bound: how many times faster reuse
    could be at best, from the decoded pictures alone.
    """

    name: str
    width: int
    height: int
    reused: float
    full_ms: float
    reuse_ms: float
    bound: float
    fps: float = FPS

    def share(self, milliseconds: float) -> float:
        """Of one core, at `fps`."""
        return milliseconds * self.fps / 1000


def measure(clips: Sequence[Path], model: str = "standard") -> Iterator[Live]:
    """Each clip as a call: halved, coded by x264 at `RATES`, decoded. Raises MediaError."""
    for clip in clips:
        sent = [halve_frame(frame) for frame in read_reference(clip, FRAMES)]
        for rate in RATES:
            frames = [frame.y for frame in record(sent, "x264", rate, FPS).frames]
            yield _one(f"{clip.stem}, {rate} kbit/s", frames, model)


def _one(name: str, frames: Sequence[Plane], model: str) -> Live:
    network = load(find_model(model))[0]
    engine = pick_engine(network, 1)
    reuse, levels = Reuse(engine), Levels(network)
    height, width = frames[0].shape
    out = np.empty((2 * height, 2 * width), np.uint8)
    full, again, shares = [], [], []
    for frame in frames:
        times = [time.perf_counter()]
        level = levels.of(frame)
        times.append(time.perf_counter())
        engine.enlarge(frame, out, level)
        times.append(time.perf_counter())
        reuse.enlarge(frame, out, level)
        times.append(time.perf_counter())
        # Both pay for the look at the picture that chooses the level.
        choice, whole, part = 1000 * np.diff(times)
        full.append(choice + whole)
        again.append(choice + part)
        shares.append(reuse.share)
    share, all_ms, part_ms = (float(np.mean(values[1:])) for values in (shares, full, again))
    reached = float(np.mean(_reached(frames, network.radius)))
    return Live(name, width, height, share, all_ms, part_ms, 1 / max(reached, 1e-3))


def _reached(frames: Sequence[Plane], reach: int) -> list[float]:
    """The share of pixels within reach of a change, frame by frame after the first."""
    return [
        float(_grown(_grown(before != now, reach).T, reach).mean())
        for before, now in pairwise(frames)
    ]


def _grown(mask: Flags, reach: int) -> Flags:
    """True where something within `reach` rows is."""
    padded = np.pad(mask.astype(np.int32), ((reach + 1, reach), (0, 0)))
    sums = padded.cumsum(axis=0)
    grown: Flags = sums[2 * reach + 1 :] > sums[: -2 * reach - 1]
    return grown
