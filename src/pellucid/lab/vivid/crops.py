"""Crops side by side: the places of a call where the model changes most, not those that suit it."""

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
from pellucid.training.adversarial.pictures import sheet

SIDE = 160  # pixels of a crop
OF_A_CLIP = 2
FRAME = 29


def draw_crops(
    clips: Sequence[Path], calm: LumaMethod, vivid: LumaMethod, rate: int, path: Path
) -> None:
    """bicubic, calm, vivid, truth, at one rate through x264, as a PNG.

    The places of each clip where calm and vivid differ most in fine structure, the last frame of
    the protocol.
    """
    methods = (swscale("bicubic"), calm, vivid)
    columns: list[list[Plane]] = [[] for _ in range(len(methods) + 1)]
    for clip in clips:
        placed = call.place(clip, CallProtocol(kilobits=(rate,)))
        frames = placed.received[rate].frames
        index = min(FRAME, len(frames) - 1)
        made = [list(enlarge_stream(method, frames[: index + 1]))[-1] for method in methods]
        views = [*made, placed.reference[index].y]
        for box in choose_details(views[1], views[2], (SIDE, SIDE), OF_A_CLIP):
            for column, view in zip(columns, views, strict=True):
                column.append(view[box.rows, box.columns])
    titles = ["bicubic", calm.name, vivid.name, "truth"]
    sheet([_stacked(column) for column in columns], titles, path)


def _stacked(crops: Sequence[Plane]) -> Tensor:
    return torch.from_numpy(np.stack(crops)[:, None]).float() / 255
