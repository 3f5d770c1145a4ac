"""Where a method loses most against bicubic in a call: the places worth looking at first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.bench.call import Call
from pellucid.bench.details import Box
from pellucid.bench.methods import Method, enlarge_stream, swscale
from pellucid.bench.quality import psnr
from pellucid.frames import Plane
from pellucid.video.coding import Codec

Floats = npt.NDArray[np.float64]

COUNT = 10
TILE = 96  # pixels each way of the enlarged picture; 48 of the received one
# Added to both squared errors before they are compared, or the worst places would be flat walls
# at 50 dB whose errors nobody can see: 4 grey levels, 36 dB.
UNSEEN = 4.0**2


@dataclass(frozen=True, eq=False)
class Crop:
    """One tile of one frame of a call, enlarged in two ways, beside the truth.

    target: kbit/s asked for. box: in the enlarged picture. bicubic, made, truth: luma, uint8
    (TILE, TILE). lost: by how many dB the squared error of `made` exceeds that of `bicubic`, each
    with `UNSEEN` added.
    """

    clip: str
    codec: Codec
    target: int
    frame: int
    box: Box
    bicubic: Plane
    made: Plane
    truth: Plane
    lost: float

    @property
    def gain(self) -> float:
        """PSNR of `made` less that of `bicubic`, in dB; below 0 where bicubic is better."""
        return psnr(self.truth, self.made) - psnr(self.truth, self.bicubic)

    def to_dict(self) -> dict[str, Any]:
        """What it is and where, as JSON takes it; no pixels."""
        place = {"clip": self.clip, "codec": self.codec, "target": self.target, "frame": self.frame}
        return {**place, "top": self.box.top, "left": self.box.left, "gain": self.gain}


@dataclass(frozen=True, eq=False)
class _Sight:
    """One frame at one rate: enlarged in two ways, and as it was. Luma, uint8 (H, W)."""

    target: int
    frame: int
    bicubic: Plane
    made: Plane
    truth: Plane


def find_worst(call: Call, codec: Codec, method: Method, count: int = COUNT) -> list[Crop]:
    """The `count` tiles of a call where `method` loses most, the worst first.

    Each place is told once, in the frame and at the rate where it is worst. A picture smaller
    than a tile has none.
    """
    sights = list(_sights(call, method))
    lost = np.stack([_lost(s.truth, s.bicubic, s.made) for s in sights])  # (S, rows, columns)
    ranked = np.argsort(-lost.max(axis=0), axis=None, kind="stable")[:count]
    places = [divmod(int(place), lost.shape[2]) for place in ranked]
    return [
        _cut(call.clip, codec, sights[int(lost[:, *place].argmax())], place) for place in places
    ]


def worst_of(crops: Iterable[Crop], count: int = COUNT) -> tuple[Crop, ...]:
    """The worst of several calls; a place that several codecs spoil is told once."""
    ranked = sorted(crops, key=lambda crop: -crop.lost)
    places: dict[tuple[str, Box], Crop] = {}
    for crop in ranked:
        places.setdefault((crop.clip, crop.box), crop)
    return tuple(places.values())[:count]


def _lost(truth: Plane, bicubic: Plane, made: Plane) -> Floats:
    """dB lost tile by tile: uint8 (H, W) each, to float64 (H / TILE, W / TILE)."""
    before, after = (_tile_errors(truth, picture) + UNSEEN for picture in (bicubic, made))
    lost: Floats = 10 * np.log10(after / before)
    return lost


def _tile_errors(truth: Plane, picture: Plane) -> Floats:
    rows, columns = (size // TILE for size in truth.shape)
    inner = slice(rows * TILE), slice(columns * TILE)
    squares = np.square(truth[inner].astype(np.float64) - picture[inner])
    means: Floats = squares.reshape(rows, TILE, columns, TILE).mean(axis=(1, 3))
    return means


def _sights(call: Call, method: Method) -> Iterator[_Sight]:
    """Every frame at every rate, each rate as one stream."""
    for target, recording in call.received.items():
        bicubic = enlarge_stream(swscale("bicubic"), recording.frames)
        made = enlarge_stream(method, recording.frames)
        frames = zip(bicubic, made, call.reference, strict=True)
        for index, (plain, ours, truth) in enumerate(frames):
            yield _Sight(target, index, plain, ours, truth.y)


def _cut(clip: str, codec: Codec, sight: _Sight, place: tuple[int, int]) -> Crop:
    row, column = (index * TILE for index in place)
    box = Box(row, column, row + TILE, column + TILE)
    pictures = sight.bicubic, sight.made, sight.truth
    bicubic, made, truth = (picture[box.rows, box.columns].copy() for picture in pictures)
    lost = float(_lost(truth, bicubic, made)[0, 0])
    return Crop(clip, codec, sight.target, sight.frame, box, bicubic, made, truth, lost)
