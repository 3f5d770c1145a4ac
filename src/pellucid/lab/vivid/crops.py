"""Crops side by side: where the model changes most, and where it is farthest from the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pellucid.bench import call, stills, ycbcr
from pellucid.bench.call_result import CallProtocol
from pellucid.bench.details import choose_details
from pellucid.bench.methods import LumaMethod, enlarge_stream, matlab_bicubic, swscale
from pellucid.frames import Plane
from pellucid.lab.vivid.scores import feature_distance
from pellucid.training.adversarial.pictures import sheet
from pellucid.video import halve

SIDE = 160  # pixels of a crop
OF_A_PICTURE = 2
WORST = 10
FRAME = 29


def draw_crops(
    clips: Sequence[Path], calm: LumaMethod, vivid: LumaMethod, rate: int, path: Path
) -> None:
    """bicubic, calm, vivid, truth, at one rate through x264, as a PNG.

    The places of each clip where calm and vivid differ most in fine structure, the last frame of
    the protocol.
    """
    shown = []
    for clip in clips:
        views = views_of_call(clip, calm, vivid, rate)
        for box in choose_details(views[1], views[2], (SIDE, SIDE), OF_A_PICTURE):
            shown.append([view[box.rows, box.columns] for view in views])
    _draw(shown, calm, vivid, path)


def draw_worst(
    seen: Iterable[Sequence[Plane]], calm: LumaMethod, vivid: LumaMethod, path: Path
) -> None:
    """The same of the places that are farthest from the truth by feature distance, worst first.

    seen: what `views_of_call` or `views_of_still` give. Of all tiles, `WORST` in all, but
    `OF_A_PICTURE` of each picture at most: else they would be all of one lawn.
    """
    found: list[tuple[float, list[Plane]]] = []
    for views in seen:
        tiles = [[view[tile] for view in views] for tile in _tiles(views[-1].shape)]
        judged = [(feature_distance(one[-1], one[2]), one) for one in tiles]
        found += sorted(judged, key=lambda pair: -pair[0])[:OF_A_PICTURE]
    worst = sorted(found, key=lambda pair: -pair[0])[:WORST]
    _draw([one for _, one in worst], calm, vivid, path)


def views_of_call(clip: Path, calm: LumaMethod, vivid: LumaMethod, rate: int) -> list[Plane]:
    """The last frame of the protocol by bicubic, calm and vivid, then the truth."""
    placed = call.place(clip, CallProtocol(kilobits=(rate,)))
    frames = placed.received[rate].frames
    index = min(FRAME, len(frames) - 1)
    methods = (swscale("bicubic"), calm, vivid)
    made = [list(enlarge_stream(method, frames[: index + 1]))[-1] for method in methods]
    return [*made, placed.reference[index].y]


def views_of_still(path: Path, calm: LumaMethod, vivid: LumaMethod) -> list[Plane]:
    """The same of a clean picture, halved by MATLAB's bicubic."""
    still = stills.read_still(path)
    low = halve.rgb_bicubic(still)
    methods = (matlab_bicubic(), calm, vivid)
    made = [ycbcr.to_bytes(stills.enlarged_luma(method, low)) for method in methods]
    return [*made, ycbcr.to_bytes(ycbcr.luma(still))]


def _tiles(size: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """All whole tiles, side by side from the top left; of a smaller picture none."""
    rows, columns = (range(0, length - SIDE + 1, SIDE) for length in size)
    return [(slice(r, r + SIDE), slice(c, c + SIDE)) for r in rows for c in columns]


def _draw(
    shown: Sequence[Sequence[Plane]], calm: LumaMethod, vivid: LumaMethod, path: Path
) -> None:
    """Rows of bicubic, calm, vivid, truth; nothing where there are none."""
    if shown:
        columns = [_stacked(column) for column in zip(*shown, strict=True)]
        sheet(columns, ["bicubic", calm.name, vivid.name, "truth"], path)


def _stacked(crops: Sequence[Plane]) -> Tensor:
    return torch.from_numpy(np.stack(crops)[:, None]).float() / 255
