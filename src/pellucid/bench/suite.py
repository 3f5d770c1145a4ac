"""A folder of tests, and everything the protocols measure on it in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pellucid.bench import call, stills
from pellucid.bench.call_result import ANCHOR, CallProtocol, CallResult, Point
from pellucid.bench.methods import LumaMethod, Method
from pellucid.bench.stills import StillScore, StillsResult
from pellucid.errors import MediaError
from pellucid.media import is_picture, media_files
from pellucid.video.coding import Codec
from pellucid.video.engine import pick_engine
from pellucid.video.integer import IntegerNetwork

CODECS: tuple[Codec, ...] = get_args(Codec)

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Tests:
    """What to measure on: clips for the call protocol, folders of stills for the clean one."""

    clips: tuple[Path, ...]
    stills: tuple[Path, ...]


@dataclass(frozen=True)
class Measured:
    """The results of one run, one call result a codec."""

    calls: tuple[CallResult, ...]
    stills: StillsResult | None


def find_tests(folder: Path) -> Tests:
    """Every video below a folder, and every folder below it that holds pictures.

    Raises MediaError when there is neither.
    """
    files = media_files(folder)
    clips = tuple(path for path in files if not is_picture(path))
    sets = tuple(sorted({path.parent for path in files if is_picture(path)}))
    if not files:
        raise MediaError(f"{folder}: holds no clip and no picture to measure on")
    return Tests(clips, sets)


def network_method(name: str, network: IntegerNetwork) -> LumaMethod:
    """A network of ours as a method to compare."""
    return LumaMethod(name, pick_engine(network).luma)


def measure(
    tests: Tests,
    methods: Sequence[Method],
    codecs: Sequence[Codec] = CODECS,
    watch: Watch = lambda done: None,
) -> Measured:
    """Measure all methods on all tests, the same work for each, clip by clip.

    watch: called with a sentence before each part.
    """
    calls = []
    for codec in codecs if tests.clips else ():
        protocol = CallProtocol(codec=codec)
        points: list[Point] = []
        for clip in tests.clips:
            watch(f"{codec}, {clip.name}")
            points += call.measure([clip], methods, protocol)
        calls.append(CallResult(protocol, tuple(points)))
    scores: list[StillScore] = []
    for folder in tests.stills:
        watch(f"stills, {folder.name}")
        scores += stills.measure([folder], methods)
    return Measured(tuple(calls), StillsResult(tuple(scores)) if scores else None)


def measure_model(network: IntegerNetwork, tests: Tests) -> dict[str, Any]:
    """The scores a model's card carries: calls by codec and stills by folder, with bicubic's."""
    measured = measure(tests, [network_method("model", network)])
    scores: dict[str, Any] = {}
    for result in measured.calls:
        means = result.summary()
        scores[f"call {result.protocol.codec}"] = {
            name: _rounded(means[name]) for name in ("model", ANCHOR)
        }
    if measured.stills:
        by_method = measured.stills.summary()
        for folder in measured.stills.folders:
            scores[f"clean {folder}"] = {
                name: _rounded(by_method[name][folder]) for name in ("model", ANCHOR)
            }
    return scores


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value if value is None else round(value, 4) for key, value in values.items()}
