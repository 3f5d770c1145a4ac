"""The call protocol (V1): halve, code as a call, decode, enlarge, compare with the original.

Reference: the first 30 frames of a clip, cropped to multiples of 4. Halved by swscale's area,
coded at 150, 300 and 600 kbit/s with x264 or libvpx VP8 at a call's settings, 30 frames a second.
"direct" codes the reference itself at the same rates. The anchor of every BD-rate is "bicubic":
half size, enlarged by swscale's bicubic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pellucid.bench.call_result import DIRECT, CallProtocol, CallResult, Point, Scores, mean_or_none
from pellucid.bench.methods import Method, check_names, enlarge_stream, swscale
from pellucid.bench.quality import Flicker, psnr, ssim
from pellucid.bench.recording import Recording, record
from pellucid.bench.vmaf import vmaf_neg
from pellucid.errors import FrameError
from pellucid.frames import Plane, VideoFrame
from pellucid.media.source import Source
from pellucid.video import halve


@dataclass(frozen=True, eq=False)
class Call:
    """One clip after its calls. received: half size, direct: full size, at each target rate."""

    clip: str
    reference: tuple[VideoFrame, ...]
    received: dict[int, Recording]
    direct: dict[int, Recording]


def run(
    clips: Sequence[Path], methods: Sequence[Method], protocol: CallProtocol | None = None
) -> CallResult:
    """Measure `methods`, "direct" and "bicubic" on each clip. Raises what `measure` raises."""
    protocol = protocol or CallProtocol()
    return CallResult(protocol, tuple(measure(clips, methods, protocol)))


def measure(
    clips: Sequence[Path], methods: Sequence[Method], protocol: CallProtocol
) -> Iterator[Point]:
    """`run`, a point at a time, for whoever wants to show how far it is.

    Yields len(clips) * (len(methods) + 2) * len(protocol.kilobits) points. Raises RecipeError
    for two methods of one name, MediaError, MissingExtraError.
    """
    for clip in clips:
        yield from judge(place(clip, protocol), methods, protocol)


def place(clip: Path, protocol: CallProtocol) -> Call:
    """Code a clip at every rate, half size and directly. Keep it to judge several times."""
    reference = read_reference(clip, protocol.frames)
    half = [halve_frame(frame) for frame in reference]
    received, direct = (
        {rate: record(sent, protocol.codec, rate, protocol.fps) for rate in protocol.kilobits}
        for sent in (half, reference)
    )
    return Call(clip.stem, reference, received, direct)


def judge(call: Call, methods: Sequence[Method], protocol: CallProtocol) -> Iterator[Point]:
    """Score "direct", "bicubic" and `methods` on one call.

    Yields and raises what `measure` does, for this clip.
    """
    everything = [swscale("bicubic"), *methods]
    check_names([DIRECT, *(method.name for method in everything)])
    reference = [frame.y for frame in call.reference]
    for target, recording in call.direct.items():
        scores = score(reference, [frame.y for frame in recording.frames], protocol)
        yield Point(call.clip, DIRECT, target, recording.kilobits, scores)
    for method in everything:
        for target, recording in call.received.items():
            enlarged = list(enlarge_stream(method, recording.frames))
            scores = score(reference, enlarged, protocol)
            yield Point(call.clip, method.name, target, recording.kilobits, scores)


def score(reference: Sequence[Plane], pictures: Sequence[Plane], protocol: CallProtocol) -> Scores:
    """Each of the protocol's metrics of one video of luma planes, uint8 (H, W)."""
    measures = {
        "vmaf_neg": lambda: mean_or_none(vmaf_neg(reference, pictures, protocol.threads)),
        "psnr": lambda: mean_or_none(
            [psnr(*pair) for pair in zip(reference, pictures, strict=True)]
        ),
        "ssim": lambda: mean_or_none(
            [ssim(*pair) for pair in zip(reference, pictures, strict=True)]
        ),
        "flicker": lambda: _flicker(reference, pictures),
    }
    return {metric: measures[metric]() for metric in protocol.metrics}


def read_reference(clip: Path, frames: int) -> tuple[VideoFrame, ...]:
    """The first frames of a 4:2:0 clip, cropped at the bottom and right to multiples of 4.

    Raises MediaError, and FrameError for a clip that is not 4:2:0 or smaller than 4x4.
    """
    with Source(clip) as source:
        pictures = (item for item in source.items() if isinstance(item, VideoFrame))
        return tuple(_crop(picture, clip) for picture in islice(pictures, frames))


def halve_frame(frame: VideoFrame) -> VideoFrame:
    """What the sender sends: all planes halved by area."""
    assert frame.u is not None
    assert frame.v is not None
    return replace(frame, y=halve.area(frame.y), u=halve.area(frame.u), v=halve.area(frame.v))


def _crop(frame: VideoFrame, clip: Path) -> VideoFrame:
    height, width = frame.height // 4 * 4, frame.width // 4 * 4
    if frame.u is None or frame.v is None or frame.subsampling != (2, 2) or not height * width:
        raise FrameError(f"{clip}: expected 4:2:0 of at least 4x4, got {frame!r}")
    u, v = (plane[: height // 2, : width // 2].copy() for plane in (frame.u, frame.v))
    return replace(frame, y=frame.y[:height, :width].copy(), u=u, v=v)


def _flicker(reference: Sequence[Plane], pictures: Sequence[Plane]) -> float | None:
    meter = Flicker()
    for pair in zip(reference, pictures, strict=True):
        meter.push(*pair)
    return meter.value
