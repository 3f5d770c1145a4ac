"""The ways to enlarge x2 that are compared, and the classical ones among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from pellucid.bench import ycbcr
from pellucid.bench.ycbcr import Rgb
from pellucid.errors import FrameError, RecipeError
from pellucid.frames import Plane, VideoFrame

Kernel = Literal["bicubic", "lanczos"]
KERNELS = {"bicubic": Interpolation.BICUBIC, "lanczos": Interpolation.LANCZOS}

# Keys' cubic, a = -0.5, a quarter sample to either side: exact in 128ths.
CUBIC = ((-3, 29, 111, -9), (-9, 111, 29, -3))


@dataclass(frozen=True)
class LumaMethod:
    """Enlarges luma alone: uint8 (H, W) to uint8 (2H, 2W).

    macs: multiply-accumulates for one 480x360 picture; None for what is no network. begin: gives
    the `enlarge` of a new stream, for a method that remembers what its pictures were like.
    """

    name: str
    enlarge: Callable[[Plane], Plane]
    macs: int | None = None
    begin: Callable[[], Callable[[Plane], Plane]] | None = None


@dataclass(frozen=True)
class ColourMethod:
    """Enlarges R'G'B': uint8 (H, W, 3) to uint8 (2H, 2W, 3). Judged, too, by its luma.

    macs: as a LumaMethod's. finish: what is done to that luma, uint8 (2H, 2W), at the end.
    """

    name: str
    enlarge: Callable[[Rgb], Rgb]
    macs: int | None = None
    finish: Callable[[Plane], Plane] | None = None


Method = LumaMethod | ColourMethod


def enlarge_frame(method: Method, frame: VideoFrame) -> Plane:
    """Luma of a frame enlarged: uint8 (2H, 2W), on the frame's own scale. Raises FrameError."""
    if isinstance(method, LumaMethod):
        made = method.enlarge(frame.y)
    else:
        # There and back by the same matrix and range, or luma itself would change.
        plain = replace(frame, matrix="bt601", range="limited")
        made = ycbcr.luma_plane(method.enlarge(ycbcr.rgb(plain)))
        made = method.finish(made) if method.finish else made
    return _checked(method, made, (2 * frame.height, 2 * frame.width))


def enlarge_stream(method: Method, frames: Sequence[VideoFrame]) -> Iterator[Plane]:
    """Luma of each frame of one stream enlarged, in order; else as `enlarge_frame`."""
    if isinstance(method, LumaMethod) and method.begin:
        method = replace(method, enlarge=method.begin())
    return (enlarge_frame(method, frame) for frame in frames)


def check_names(names: Sequence[str]) -> None:
    """Raise RecipeError when two methods share a name."""
    if len(set(names)) < len(names):
        raise RecipeError(f"methods: expected different names, got {', '.join(names)}")


def swscale(kernel: Kernel) -> LumaMethod:
    """What players do: libswscale's bicubic (Keys 1981, a = -0.6) or lanczos."""
    return LumaMethod(kernel, lambda picture: scale(picture, kernel))


def scale(picture: Plane, kernel: Kernel) -> Plane:
    """Enlarge uint8 (H, W) to uint8 (2H, 2W) with libswscale."""
    height, width = picture.shape
    grey = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="gray")
    made = VideoReformatter().reformat(
        grey, 2 * width, 2 * height, interpolation=KERNELS[kernel], threads=1
    )
    return made.to_ndarray().astype(np.uint8, copy=False)


def matlab_bicubic() -> ColourMethod:
    """The floor of the field's tables: MATLAB's imresize, channel by channel."""
    return ColourMethod("bicubic", _cubic_rgb)


def cubic(picture: Plane) -> Plane:
    """MATLAB-style bicubic x2, mirrored at the borders: uint8 (H, W) to uint8 (2H, 2W).

    Source: Keys 1981, eq. 15, a = -0.5. Ours is exact and rounds once, at the end.
    """
    sums = _cubic_rows(_cubic_rows(picture.astype(np.int32)).T).T  # 128 * 128 times the result
    return np.clip((sums + 8192) >> 14, 0, 255).astype(np.uint8)


def _cubic_rgb(picture: Rgb) -> Rgb:
    return np.stack([cubic(picture[..., channel]) for channel in range(3)], axis=-1)


def _cubic_rows(
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """(N, W) to (2N, W), in 128ths."""
    count = rows.shape[0]
    padded = np.pad(rows, ((2, 2), (0, 0)), mode="symmetric")
    made = np.zeros((2 * count, rows.shape[1]), np.int32)
    for parity, weights in enumerate(CUBIC):
        for tap, weight in enumerate(weights):
            made[parity::2] += weight * padded[parity + tap : parity + tap + count]
    return made


def _checked(method: Method, made: Plane, size: tuple[int, int]) -> Plane:
    if made.shape != size or made.dtype != np.uint8:
        raise FrameError(f"{method.name}: expected uint8 {size}, got {made.dtype} {made.shape}")
    return made
