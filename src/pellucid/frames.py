"""The two things that flow through Pellucid: a picture and a stretch of sound.

Both are frozen, check themselves once, and print shapes instead of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from pellucid.errors import FrameError

Plane = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]
Matrix = Literal["bt601", "bt709", "fcc", "smpte240m", "bt2020", "unspecified"]
Range = Literal["limited", "full"]
Siting = Literal["left", "center", "topleft"]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class VideoFrame:
    """One picture as planes of 8-bit samples, with its place in time.

    y: uint8 (H, W), any strides. u, v: uint8, both (ceil(H/a), ceil(W/b)), or both None for a
    grey picture. subsampling: that (a, b), each 1 or 2; (2, 2) is 4:2:0, (1, 2) is 4:2:2.
    pts: presentation time in units of `time_base` seconds. matrix, range: how Y, U, V relate to
    RGB. siting: where chroma samples lie when they are fewer than luma's ("left" is MPEG-2's
    and what unmarked video means, "center" is JPEG's).

    Raises FrameError when the planes do not fit together.
    """

    y: Plane
    u: Plane | None
    v: Plane | None
    pts: int = 0
    time_base: Fraction = Fraction(1, 30)
    matrix: Matrix = "unspecified"
    range: Range = "limited"
    siting: Siting = "left"
    subsampling: tuple[int, int] = (2, 2)

    def __post_init__(self) -> None:
        """Check planes, times and tags once, so that nobody downstream has to."""
        _check_plane("y", self.y)
        if (self.u is None) != (self.v is None):
            raise FrameError("u, v: expected both planes or neither")
        for name, plane in (("u", self.u), ("v", self.v)):
            if plane is not None:
                _check_plane(name, plane)
                _check_chroma(name, plane, self.y, self.subsampling)
        _check_choice("matrix", self.matrix, get_args(Matrix))
        _check_choice("range", self.range, get_args(Range))
        _check_choice("siting", self.siting, get_args(Siting))
        if self.time_base <= 0:
            raise FrameError(f"time_base: expected more than 0, got {self.time_base}")

    @property
    def height(self) -> int:
        """Rows of luma."""
        return int(self.y.shape[0])

    @property
    def width(self) -> int:
        """Columns of luma."""
        return int(self.y.shape[1])

    @property
    def time(self) -> Fraction:
        """Presentation time in seconds."""
        return self.pts * self.time_base

    def __repr__(self) -> str:
        """Show size, layout and time; never the samples."""
        layout = "grey" if self.u is None else f"chroma {self.u.shape[1]}x{self.u.shape[0]}"
        return (
            f"VideoFrame({self.width}x{self.height}, {layout}, "
            f"pts={self.pts}, t={float(self.time):.3f}s)"
        )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class AudioFrame:
    """A stretch of sound.

    samples: float32 (channels, T), nominal range -1..1. pts: index of the first sample in units
    of 1/sample_rate seconds. sample_rate: Hz. Raises FrameError when they do not fit together.
    """

    samples: Samples
    sample_rate: int
    pts: int = 0

    def __post_init__(self) -> None:
        """Check shape, dtype and rate once."""
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise FrameError(
                "samples: expected float32 (channels, T), "
                f"got {self.samples.dtype} {self.samples.shape}"
            )
        if self.sample_rate <= 0:
            raise FrameError(f"sample_rate: expected more than 0 Hz, got {self.sample_rate}")

    @property
    def end_pts(self) -> int:
        """pts of the sample that follows this frame."""
        return self.pts + int(self.samples.shape[1])

    def __repr__(self) -> str:
        """Show shape and time; never the samples."""
        channels, length = self.samples.shape
        return f"AudioFrame({channels}x{length} at {self.sample_rate} Hz, pts={self.pts})"


def _check_plane(name: str, plane: Plane) -> None:
    if plane.ndim != 2 or plane.dtype != np.uint8 or 0 in plane.shape:
        raise FrameError(f"{name}: expected uint8 (H, W), got {plane.dtype} {plane.shape}")


def _check_chroma(name: str, plane: Plane, luma: Plane, subsampling: tuple[int, int]) -> None:
    if not set(subsampling) <= {1, 2}:
        raise FrameError(f"subsampling: expected 1 or 2 each way, got {subsampling}")
    fits = tuple(-(-size // ratio) for size, ratio in zip(luma.shape, subsampling, strict=True))
    if plane.shape != fits:
        raise FrameError(
            f"{name}: expected {fits} for luma {luma.shape} and subsampling {subsampling}, "
            f"got {plane.shape}"
        )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise FrameError(f"{name}: expected one of {', '.join(choices)}, got {value!r}")
