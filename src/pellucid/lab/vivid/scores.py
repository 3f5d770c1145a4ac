"""How pictures look to judges, through calls and on clean stills.

The call protocol's clips at its two upper rates; the feature distance of training/adversarial,
SSIMULACRA2 (Sneyers 2022, as the package `ssimulacra2` computes it) and FLIP (Andersson et al.
2020, by the package `flip-evaluator`) on some frames of each, VMAF, VMAF-NEG, PSNR and flicker on
all. Luma is judged, as a grey picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pellucid.bench import call, stills, ycbcr
from pellucid.bench.call_result import CallProtocol
from pellucid.bench.methods import LumaMethod, Method, enlarge_stream
from pellucid.bench.quality import Flicker, psnr
from pellucid.bench.suite import network_method
from pellucid.bench.vmaf import NEG, PLAIN, by_models
from pellucid.errors import MissingExtraError
from pellucid.frames import Plane
from pellucid.lab.journal import Journal
from pellucid.training.adversarial.backbone import Backbone, apart
from pellucid.video import halve
from pellucid.video.coding import Codec
from pellucid.video.model import CALM, load_at

RATES = (300, 600)  # kbit/s
LOOKED_AT = (14, 29)  # frames of each clip that the slow judges see
STRENGTHS = (0.5,)  # of the model, besides 0 and 1
MOST_STILLS = 5  # of each set

Row = dict[str, Any]


def ours(model: str) -> list[LumaMethod]:
    """The model, the one it was trained on from, and what lies between them."""
    calm = load_at(model, 0)[0], load_at(model, 1)[1].settings.get(CALM, f"{model} 0")
    between = [network_method(f"{model} {s:g}", load_at(model, s)[0]) for s in STRENGTHS]
    last = network_method(Path(model).stem, load_at(model, 1)[0])
    return [network_method(calm[1], calm[0]), *between, last]


def missing(journal: Journal, methods: Sequence[Method], **where: str) -> list[Method]:
    """The methods that are not judged yet where a row says so: of a clip and codec, or of a set."""
    own = [row for row in journal.rows if where.items() <= row.items()]
    done = {row["method"] for row in own}
    return [method for method in methods if method.name not in done]


def judge_call(clip: Path, methods: Sequence[Method], codec: Codec) -> list[Row]:
    """The rows of a clip: one for each method and rate, none where there is no method."""
    if not methods:
        return []
    placed = call.place(clip, CallProtocol(codec=codec, kilobits=RATES))
    reference = [frame.y for frame in placed.reference]
    judged = []
    for method in methods:
        for rate, recording in placed.received.items():
            made = list(enlarge_stream(method, recording.frames))
            head = {"kind": "call", "codec": codec, "clip": clip.stem, "rate": rate}
            judged.append(head | {"method": method.name} | _scores(reference, made))
    return judged


def judge_stills(folder: Path, methods: Sequence[Method]) -> Iterator[Row]:
    """A row for each picture and method: halved by MATLAB's bicubic, enlarged."""
    for path in judged_stills(folder):
        still = stills.read_still(path)
        truth, low = ycbcr.to_bytes(ycbcr.luma(still)), halve.rgb_bicubic(still)
        for method in methods:
            made = ycbcr.to_bytes(stills.enlarged_luma(method, low))
            head = {"kind": "still", "set": folder.name, "picture": path.name}
            scores = {"psnr": psnr(truth, made, border=stills.BORDER)}
            yield head | {"method": method.name} | scores | _slow([truth], [made])


def judged_stills(folder: Path) -> tuple[Path, ...]:
    """The first of a set."""
    return stills.pictures_in(folder)[:MOST_STILLS]


def _scores(reference: Sequence[Plane], made: Sequence[Plane]) -> Row:
    meter = Flicker()
    for pair in zip(reference, made, strict=True):
        meter.push(*pair)
    decibels = float(np.mean([psnr(*pair) for pair in zip(reference, made, strict=True)]))
    some = [index for index in LOOKED_AT if index < len(reference)] or [len(reference) - 1]
    slow = _slow([reference[i] for i in some], [made[i] for i in some])
    netflix = by_models(reference, made)
    means = {"vmaf": float(np.mean(netflix[PLAIN])), "vmaf_neg": float(np.mean(netflix[NEG]))}
    return {"psnr": decibels, "flicker": meter.value} | means | slow


def _slow(truth: Sequence[Plane], made: Sequence[Plane]) -> Row:
    pairs = list(zip(truth, made, strict=True))
    return {
        "feature": float(np.mean([feature_distance(*pair) for pair in pairs])),
        "ssimulacra2": float(np.mean([ssimulacra2(*pair) for pair in pairs])),
        "flip": float(np.mean([flip(*pair) for pair in pairs])),
    }


def feature_distance(truth: Plane, made: Plane) -> float:
    """See `training/adversarial/backbone.py`; lower is better."""
    with torch.no_grad():
        return float(apart(_backbone()(_tensor(made)), _features(truth.tobytes(), truth.shape)))


def ssimulacra2(truth: Plane, made: Plane) -> float:
    """Up to 100; higher is better. Raises MissingExtraError where the package is not there."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("truth.png", "made.png")]
        for path, plane in zip(paths, (truth, made), strict=True):
            Image.fromarray(plane).save(path, compress_level=1)
        return float(_ssimulacra2()(*map(str, paths)))


def flip(truth: Plane, made: Plane) -> float:
    """0 to 1, at 67 pixels a degree, as sRGB; lower is better. Raises MissingExtraError."""
    try:
        from flip_evaluator import evaluate
    except ImportError as error:
        raise MissingExtraError('FLIP needs: pip install "pellucid[bench]"') from error
    grey = [np.repeat(plane[..., None] / np.float32(255), 3, axis=2) for plane in (truth, made)]
    return float(evaluate(*grey, "LDR", applyMagma=False)[1])


@lru_cache(maxsize=2 * len(LOOKED_AT))
def _features(pixels: bytes, shape: tuple[int, int]) -> list[Tensor]:
    """Of a truth, which all methods are held against."""
    found: list[Tensor] = _backbone()(_tensor(np.frombuffer(pixels, np.uint8).reshape(shape)))
    return found


def _tensor(plane: Plane) -> Tensor:
    return torch.from_numpy(plane.copy())[None, None].float() / 255


@cache
def _backbone() -> Backbone:
    net = Backbone()
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return net


def _ssimulacra2() -> Callable[[str, str], float]:
    try:
        from ssimulacra2 import compute_ssimulacra2
    except ImportError as error:
        raise MissingExtraError('SSIMULACRA2 needs: pip install "pellucid[bench]"') from error
    found: Callable[[str, str], float] = compute_ssimulacra2
    return found
