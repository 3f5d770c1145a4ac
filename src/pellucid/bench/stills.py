"""The clean protocol (V2): stills halved by MATLAB's bicubic, enlarged, judged by their luma.

As the field's tables do it: the R'G'B' picture, cropped to even size, is halved and stored in
8 bits; what a method makes of it is 8-bit too; BT.601 limited-range luma is compared unrounded,
two pixels of border cut off. A luma method gets and gives 8-bit luma, as on a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from pellucid.bench import ycbcr
from pellucid.bench.methods import LumaMethod, Method, check_names, matlab_bicubic
from pellucid.bench.quality import psnr, ssim
from pellucid.bench.ycbcr import Floats, Rgb
from pellucid.errors import MediaError
from pellucid.media.pictures import SUFFIXES, read_picture
from pellucid.video import halve

BORDER = 2
StillMetric = Literal["psnr", "ssim"]


@dataclass(frozen=True)
class StillScore:
    """One method on one picture. folder: the set's name. psnr: dB."""

    folder: str
    picture: str
    method: str
    psnr: float
    ssim: float


@dataclass(frozen=True)
class StillsResult:
    """All scores of one run, and their means."""

    scores: tuple[StillScore, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """In the order of measuring."""
        return tuple(dict.fromkeys(score.method for score in self.scores))

    @property
    def folders(self) -> tuple[str, ...]:
        """In the order of measuring."""
        return tuple(dict.fromkeys(score.folder for score in self.scores))

    def mean(self, folder: str, method: str, metric: StillMetric) -> float:
        """Mean over a folder's pictures."""
        chosen = [s for s in self.scores if (s.folder, s.method) == (folder, method)]
        return float(np.mean([getattr(score, metric) for score in chosen]))

    def summary(self) -> dict[str, dict[str, dict[str, float]]]:
        """Mean PSNR and SSIM by method and folder."""
        return {method: self._summary_of(method) for method in self.methods}

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return {"summary": self.summary(), "scores": [asdict(score) for score in self.scores]}

    def _summary_of(self, method: str) -> dict[str, dict[str, float]]:
        return {
            folder: {
                "psnr": self.mean(folder, method, "psnr"),
                "ssim": self.mean(folder, method, "ssim"),
            }
            for folder in self.folders
        }


def run(folders: Sequence[Path], methods: Sequence[Method]) -> StillsResult:
    """Measure `methods` and "bicubic" on each folder. Raises what `measure` raises."""
    return StillsResult(tuple(measure(folders, methods)))


def measure(folders: Sequence[Path], methods: Sequence[Method]) -> Iterator[StillScore]:
    """`run`, a score at a time. Raises RecipeError for two methods of one name, MediaError."""
    everything = [matlab_bicubic(), *methods]
    check_names([method.name for method in everything])
    for folder in folders:
        for path in pictures_in(folder):
            yield from _judge(folder.name, path, everything)


def pictures_in(folder: Path) -> tuple[Path, ...]:
    """The PNG, JPEG and WebP files of a folder, by name. Raises MediaError when it has none."""
    found = tuple(sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES))
    if not found:
        raise MediaError(f"{folder}: holds no pictures ({', '.join(SUFFIXES)})")
    return found


def read_still(path: Path) -> Rgb:
    """A picture as uint8 (H, W, 3), cropped to even height and width; grey is repeated."""
    pixels = read_picture(path).pixels
    rgb = np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels
    return rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]


def enlarged_luma(method: Method, low: Rgb) -> Floats:
    """Luma of uint8 (H, W, 3) enlarged: float64 (2H, 2W), limited range."""
    if isinstance(method, LumaMethod):
        return method.enlarge(ycbcr.luma_plane(low)).astype(np.float64)
    made = ycbcr.luma(method.enlarge(low))
    return method.finish(ycbcr.to_bytes(made)).astype(np.float64) if method.finish else made


def _judge(folder: str, path: Path, methods: Sequence[Method]) -> Iterator[StillScore]:
    still = read_still(path)
    reference, low = ycbcr.luma(still), halve.rgb_bicubic(still)
    for method in methods:
        pair = reference, enlarged_luma(method, low)
        yield StillScore(
            folder, path.name, method.name, psnr(*pair, border=BORDER), ssim(*pair, border=BORDER)
        )
