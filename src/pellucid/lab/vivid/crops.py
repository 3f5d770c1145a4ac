"""Crops side by side: where the model changes most, and where it is farthest from the truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pellucid.bench import call
from pellucid.bench.call_result import CallProtocol
from pellucid.bench.details import choose_details
from pellucid.bench.methods import LumaMethod, enlarge_stream, swscale
from pellucid.frames import Plane
from pellucid.lab.vivid.scores import feature_distance
from pellucid.training.adversarial.pictures import sheet

SIDE = 160  # pixels of a crop
OF_A_CLIP = 2
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
        views = _views(clip, (swscale("bicubic"), calm, vivid), rate)
        for box in choose_details(views[1], views[2], (SIDE, SIDE), OF_A_CLIP):
            shown.append([view[box.rows, box.columns] for view in views])
    _draw(shown, calm, vivid, path)


def draw_worst(
    clips: Sequence[Path], calm: LumaMethod, vivid: LumaMethod, rate: int, path: Path
) -> None:
    """The same of the places that are farthest from the truth by feature distance, worst first.

    Of all tiles of the last frames, `WORST` in all, but `OF_A_CLIP` of each clip at most: else they
    would be all of one lawn.
    """
    found: list[tuple[float, list[Plane]]] = []
    for clip in clips:
        views = _views(clip, (swscale("bicubic"), calm, vivid), rate)
        tiles = [[view[tile] for view in views] for tile in _tiles(views[-1].shape)]
        judged = [(feature_distance(one[-1], one[2]), one) for one in tiles]
        found += sorted(judged, key=lambda pair: -pair[0])[:OF_A_CLIP]
    worst = sorted(found, key=lambda pair: -pair[0])[:WORST]
    _draw([one for _, one in worst], calm, vivid, path)


def _views(clip: Path, methods: Sequence[LumaMethod], rate: int) -> list[Plane]:
    """The last frame of the protocol by each method, then the truth."""
    placed = call.place(clip, CallProtocol(kilobits=(rate,)))
    frames = placed.received[rate].frames
    index = min(FRAME, len(frames) - 1)
    made = [list(enlarge_stream(method, frames[: index + 1]))[-1] for method in methods]
    return [*made, placed.reference[index].y]


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
