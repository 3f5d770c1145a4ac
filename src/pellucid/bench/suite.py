"""A folder of tests, and everything the protocols measure on it in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pellucid.bench import call, robust, stills
from pellucid.bench.call_result import ANCHOR, CallProtocol, CallResult, Point
from pellucid.bench.methods import LumaMethod, Method
from pellucid.bench.robust_result import RobustResult
from pellucid.bench.stills import StillsResult
from pellucid.bench.worst import Crop, find_worst, worst_of
from pellucid.errors import MediaError
from pellucid.frames import Plane
from pellucid.media import is_picture, is_sound, media_files
from pellucid.video.coding import Codec
from pellucid.video.engine import luma, pick_engine
from pellucid.video.integer import Network
from pellucid.video.levels import Levels
from pellucid.video.model import CARD_SIZE

Protocol = Literal["call", "stills", "robust"]
PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)
CODECS: tuple[Codec, ...] = ("x264", "vp8")  # of the call protocol; others may be asked for

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Tests:
    """What to measure on: clips for the call protocol, folders of stills for the two others."""

    clips: tuple[Path, ...]
    stills: tuple[Path, ...]


@dataclass(frozen=True)
class Plan:
    """What to measure. codecs: of the calls. watched: the method whose worst crops are kept."""

    protocols: tuple[Protocol, ...] = PROTOCOLS
    codecs: tuple[Codec, ...] = CODECS
    watched: Method | None = None


@dataclass(frozen=True)
class Measured:
    """The results of one run, one call result a codec; empty where there was nothing to do."""

    calls: tuple[CallResult, ...] = ()
    stills: StillsResult | None = None
    robust: RobustResult | None = None
    worst: tuple[Crop, ...] = ()


def find_tests(folder: Path) -> Tests:
    """Every video below a folder, and every folder below it that holds pictures.

    Raises MediaError when there is neither.
    """
    files = media_files(folder)
    clips = tuple(path for path in files if not is_picture(path) and not is_sound(path))
    sets = tuple(sorted({path.parent for path in files if is_picture(path)}))
    if not files:
        raise MediaError(f"{folder}: holds no clip and no picture to measure on")
    return Tests(clips, sets)


def network_method(name: str, network: Network) -> LumaMethod:
    """A network of ours as a method to compare."""
    engine = pick_engine(network)

    def begin() -> Callable[[Plane], Plane]:
        levels = Levels(network)
        return lambda picture: luma(engine, picture, levels.of(picture))

    def alone(picture: Plane) -> Plane:
        return luma(engine, picture, network.level(picture))

    return LumaMethod(name, alone, network.macs(*CARD_SIZE), begin)


def measure(
    tests: Tests,
    methods: Sequence[Method],
    plan: Plan | None = None,
    watch: Watch = lambda done: None,
) -> Measured:
    """Measure all methods on all tests, the same work for each, clip by clip.

    watch: called with a sentence before each part. Raises what the protocols raise.
    """
    plan = plan or Plan()
    calls = [
        _calls(tests.clips, methods, CallProtocol(codec=codec), plan, watch)
        for codec in (plan.codecs if tests.clips and "call" in plan.protocols else ())
    ]
    return Measured(
        tuple(result for result, _ in calls),
        _stills(tests.stills if "stills" in plan.protocols else (), methods, watch),
        _robust(tests.stills if "robust" in plan.protocols else (), methods, watch),
        worst_of(crop for _, crops in calls for crop in crops),
    )


def measure_model(network: Network, tests: Tests) -> dict[str, Any]:
    """The scores a model's card carries, with bicubic's: calls by codec, stills by folder.

    "robust" is told as gains over bicubic in dB: the worst, where that is, and the mean.
    """
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
    if measured.robust:
        place, worst = measured.robust.worst("model")
        mean = measured.robust.mean("model")
        scores["robust"] = {**_rounded({"worst": worst, "mean": mean}), "worst_at": place}
    return scores


def _calls(
    clips: Sequence[Path],
    methods: Sequence[Method],
    protocol: CallProtocol,
    plan: Plan,
    watch: Watch,
) -> tuple[CallResult, list[Crop]]:
    points: list[Point] = []
    crops: list[Crop] = []
    for clip in _told(protocol.codec, clips, watch):
        placed = call.place(clip, protocol)
        points += call.judge(placed, methods, protocol)
        if plan.watched:
            crops += find_worst(placed, protocol.codec, plan.watched)
    return CallResult(protocol, tuple(points)), crops


def _stills(
    folders: Sequence[Path], methods: Sequence[Method], watch: Watch
) -> StillsResult | None:
    told = _told("stills", folders, watch)
    scores = [score for folder in told for score in stills.measure([folder], methods)]
    return StillsResult(tuple(scores)) if scores else None


def _robust(
    folders: Sequence[Path], methods: Sequence[Method], watch: Watch
) -> RobustResult | None:
    told = _told("robustness", folders, watch)
    scores = [score for folder in told for score in robust.measure([folder], methods)]
    return RobustResult(tuple(scores)) if scores else None


def _told(part: str, paths: Sequence[Path], watch: Watch) -> Iterator[Path]:
    """The paths one by one, each announced before it is worked on."""
    for path in paths:
        watch(f"{part}, {path.name}")
        yield path


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value if value is None else round(value, 4) for key, value in values.items()}
