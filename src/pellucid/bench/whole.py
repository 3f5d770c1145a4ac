"""The product as a whole: recordings from file to file, and the memory that it takes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pellucid.bench.call import halve_frame, read_reference
from pellucid.bench.methods import scale
from pellucid.frames import VideoFrame
from pellucid.media import Encoding
from pellucid.pipeline import Settings, enhance_video, ignore_progress
from pellucid.stream import Stage
from pellucid.video.coding import Coding, encode
from pellucid.video.upscale import Upscaler
from pellucid.video.ways import blank

PRESET = "superfast"
KILOBITS = 300  # of the recorded call
FRAMES = 240
RUNS = 3

# Peak resident memory in KiB after frames of 480x360 and nothing else; run in a process of its own.
BARE = "import numpy, av"
FULL = (
    BARE
    + """
from fractions import Fraction
import numpy as np
from pellucid import Upscaler, VideoFrame
upscaler, rng = Upscaler(), np.random.default_rng(0)
for pts in range(60):
    sizes = (360, 480), (180, 240), (180, 240)
    y, u, v = (rng.integers(0, 256, size).astype(np.uint8) for size in sizes)
    upscaler.push(VideoFrame(y, u, v, pts, Fraction(1, 30)))
"""
)
# Not getrusage's: its maximum begins with what the process that started this one had.
TELL = """
from pathlib import Path
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@dataclass(frozen=True)
class FileToFile:
    """A recording enhanced with x264 superfast: frames a second, and with swscale's bicubic."""

    name: str
    frames: int
    fps: float
    fps_swscale: float


class Swscale(Stage[VideoFrame, VideoFrame]):
    """Every plane by libswscale's bicubic: what a player would do."""

    @property
    def latency(self) -> float:
        """0 seconds."""
        return 0.0

    def push(self, frame: VideoFrame, /) -> Sequence[VideoFrame]:
        """Enlarge one frame."""
        large, colours = blank(frame)
        y = scale(frame.y, "bicubic")
        for colour in colours:
            height, width = colour.out.shape
            colour.out[...] = scale(colour.plane, "bicubic")[:height, :width]
        return [replace(large, y=y)]

    def flush(self) -> Sequence[VideoFrame]:
        """Nothing is held back."""
        return []


def file_to_file(clips: Sequence[Path]) -> list[FileToFile]:
    """Each clip, recorded as a call of half its size, through both pipelines in turns; medians.

    Raises MediaError.
    """
    with TemporaryDirectory() as folder:
        return [_both(_call(clip, Path(folder))) for clip in clips]


def memory() -> float | None:
    """MiB of resident memory that an upscaler takes above a bare `import numpy, av`; Linux."""
    if not Path("/proc/self/status").exists():
        return None
    return (_peak(FULL) - _peak(BARE)) / 1024


def _call(clip: Path, folder: Path) -> Path:
    sent = [halve_frame(frame) for frame in read_reference(clip, FRAMES)]
    path = folder / f"{clip.stem}.mkv"
    path.write_bytes(encode(sent, Coding("x264", kilobits=KILOBITS)))
    return path


def _both(clip: Path) -> FileToFile:
    ours: list[float] = []
    theirs: list[float] = []
    frames = 0
    for _ in range(RUNS):
        seconds, frames = _run(clip, Upscaler)
        ours.append(frames / seconds)
        seconds, _ = _run(clip, Swscale)
        theirs.append(frames / seconds)
    return FileToFile(clip.stem, frames, float(np.median(ours)), float(np.median(theirs)))


def _run(clip: Path, stage: Callable[[], Stage[VideoFrame, VideoFrame]]) -> tuple[float, int]:
    settings = Settings(encoding=Encoding(codec="h264", preset=PRESET))
    with TemporaryDirectory() as folder:
        made = stage()
        start = time.perf_counter()
        outcome = enhance_video(clip, Path(folder) / "out.mkv", settings, made, ignore_progress)
        return time.perf_counter() - start, outcome.frames


def _peak(program: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", program + TELL], capture_output=True, text=True, check=True
    )
    return int(done.stdout)
