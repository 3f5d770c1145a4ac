"""The robustness protocol (V3): the same stills through many senders, each held against bicubic.

Luma of BT.601, 8 bits, cropped at the bottom and right to multiples of 4, is halved and spoilt
in every way of `degradations`, enlarged, and judged by PSNR with two pixels of border cut off.
The score is the gain over swscale's bicubic on the same received picture. A colour method is
given that picture in grey, on the scale that it has in a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pellucid.bench import ycbcr
from pellucid.bench.degradations import Degradation, all_degradations
from pellucid.bench.methods import Method, check_names, enlarge_frame, swscale
from pellucid.bench.quality import psnr
from pellucid.bench.robust_result import RobustResult, RobustScore
from pellucid.bench.stills import BORDER, pictures_in, read_still
from pellucid.frames import Plane, VideoFrame

# At most so many of a folder: seventeen degradations make a hundred pictures slow, and the gains
# over twenty of BSD100 lie within 0.05 dB of those over all of it.
PICTURES = 20


def run(folders: Sequence[Path], methods: Sequence[Method], most: int = PICTURES) -> RobustResult:
    """Measure `methods` and "bicubic" on each folder. Raises what `measure` raises."""
    return RobustResult(tuple(measure(folders, methods, most)))


def measure(
    folders: Sequence[Path], methods: Sequence[Method], most: int = PICTURES
) -> Iterator[RobustScore]:
    """`run`, a score at a time, for whoever wants to show how far it is.

    most: pictures of a folder, at least 1; they are taken evenly in the order of their names.
    Raises RecipeError for two methods of one name, MediaError, and FrameError for a picture
    smaller than 12x12.
    """
    everything = [swscale("bicubic"), *methods]
    check_names([method.name for method in everything])
    for folder in folders:
        for path in spread(pictures_in(folder), most):
            luma = read_luma(path)
            for degradation in all_degradations():
                yield from _judge(folder.name, path, luma, degradation, everything)


def spread(paths: Sequence[Path], most: int) -> tuple[Path, ...]:
    """At most so many of the paths, evenly spaced, the first among them."""
    count = min(most, len(paths))
    return tuple(paths[index * len(paths) // count] for index in range(count))


def read_luma(path: Path) -> Plane:
    """A picture's luma, cropped to multiples of 4: what codecs take when it is halved."""
    luma = ycbcr.luma_plane(read_still(path))
    return luma[: luma.shape[0] // 4 * 4, : luma.shape[1] // 4 * 4]


def _judge(
    folder: str, path: Path, luma: Plane, degradation: Degradation, methods: Sequence[Method]
) -> Iterator[RobustScore]:
    received = VideoFrame(degradation.apply(luma, path.name), None, None)
    for method in methods:
        score = psnr(luma, enlarge_frame(method, received), border=BORDER)
        yield RobustScore(folder, path.name, degradation.name, method.name, score)
