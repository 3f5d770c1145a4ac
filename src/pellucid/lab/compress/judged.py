"""How networks do where nothing was learned from: calls (V1) and clean stills (V2) of the bench."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from pellucid.bench import call, stills, ycbcr
from pellucid.bench.call_result import CallProtocol
from pellucid.bench.methods import LumaMethod, Method, enlarge_stream, matlab_bicubic, swscale
from pellucid.bench.quality import psnr
from pellucid.bench.suite import Tests
from pellucid.frames import Plane
from pellucid.lab.compress.arms import LIGHT
from pellucid.training.nets.plain import Enlarger
from pellucid.video import halve

JUDGED = (*LIGHT, "large", "shared", "small")  # arms
RATES = (300, 600)  # kbit/s, x264
EVEN = 2  # what sides are continued to: cells of the networks
Row = dict[str, Any]


def method_of(name: str, net: Enlarger) -> LumaMethod:
    """A network in floating point, without a gate, as the bench compares methods."""

    @torch.no_grad()
    def enlarge(plane: Plane) -> Plane:
        height, width = plane.shape
        low = torch.from_numpy(plane.copy()).float()[None, None] / 255
        even = functional.pad(low, (0, width % EVEN, 0, height % EVEN), mode="replicate")
        made = net(even, torch.zeros(1, 36))[0, 0, : 2 * height, : 2 * width]
        doubled: Plane = (made * 255).round().clamp(0, 255).to(torch.uint8).numpy()
        return doubled

    return LumaMethod(name, enlarge)


def judge(tests: Tests, method: Method) -> Row:
    """dB of luma PSNR above bicubic by test: a rate in kbit/s, or a folder of stills."""
    gains: dict[str, list[float]] = {}
    for clip in tests.clips:
        for rate, gain in _calls(clip, method):
            gains.setdefault(f"{rate} kbit/s", []).append(gain)
    for folder in tests.stills:
        gains[folder.name] = [_still(path, method) for path in stills.pictures_in(folder)]
    return {"arm": method.name, "gains": {test: fmean(all_) for test, all_ in gains.items()}}


def _calls(clip: Path, method: Method) -> Iterator[tuple[int, float]]:
    protocol = CallProtocol(codec="x264", kilobits=RATES)
    placed = call.place(clip, protocol)
    reference = [frame.y for frame in placed.reference]
    for rate, recording in placed.received.items():
        made, plain = (
            list(enlarge_stream(one, recording.frames)) for one in (method, swscale("bicubic"))
        )
        yield rate, _decibels(reference, made) - _decibels(reference, plain)


def _decibels(reference: Sequence[Plane], made: Sequence[Plane]) -> float:
    return float(np.mean([psnr(*pair) for pair in zip(reference, made, strict=True)]))


def _still(path: Path, method: Method) -> float:
    """Halved by MATLAB's bicubic."""
    still = stills.read_still(path)
    truth, low = ycbcr.luma(still), halve.rgb_bicubic(still)
    made, plain = (stills.enlarged_luma(one, low) for one in (method, matlab_bicubic()))
    return psnr(truth, made, border=stills.BORDER) - psnr(truth, plain, border=stills.BORDER)
