"""What the call protocol measured: points, and the means and BD-rates read off them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from pellucid.bench.bd_rate import bd_rate
from pellucid.errors import RecipeError
from pellucid.video.coding import ENCODERS, Codec

Metric = Literal["vmaf_neg", "psnr", "ssim", "flicker"]
Scores = dict[str, float | None]  # by Metric
BD_METRICS: tuple[Metric, ...] = ("vmaf_neg", "psnr")
DIRECT, ANCHOR = "direct", "bicubic"


@dataclass(frozen=True)
class CallProtocol:
    """What is measured; the defaults are the protocol.

    kilobits: target rates in kbit/s. frames: of each clip, at most. metrics: what to score;
    without vmaf_neg it takes a tenth of the time. threads: for VMAF. Raises RecipeError.
    """

    codec: Codec = "x264"
    kilobits: tuple[int, ...] = (150, 300, 600)
    frames: int = 30
    fps: int = 30
    metrics: tuple[Metric, ...] = get_args(Metric)
    threads: int = 1

    def __post_init__(self) -> None:
        """Check once."""
        if self.codec not in ENCODERS:
            raise RecipeError(f"codec: expected one of {', '.join(ENCODERS)}, got {self.codec!r}")
        unknown = set(self.metrics) - set(get_args(Metric))
        if unknown or not self.metrics:
            raise RecipeError(
                f"metrics: expected some of {', '.join(get_args(Metric))}, got {self.metrics}"
            )
        if min((self.frames, self.fps, self.threads, *self.kilobits), default=0) < 1:
            raise RecipeError("kilobits, frames, fps, threads: expected 1 or more")


@dataclass(frozen=True)
class Point:
    """One method on one clip at one target rate; scores are means over the frames.

    target, kilobits: asked for and weighed, kbit/s. vmaf_neg: 0..100. psnr: dB of luma.
    flicker: grey levels a frame where the reference stands still; None where nothing does.
    """

    clip: str
    method: str
    target: int
    kilobits: float
    scores: Scores


@dataclass(frozen=True)
class CallResult:
    """All points of one run, and what is read off them."""

    protocol: CallProtocol
    points: tuple[Point, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """In the order of measuring."""
        return tuple(dict.fromkeys(point.method for point in self.points))

    @property
    def clips(self) -> tuple[str, ...]:
        """In the order of measuring."""
        return tuple(dict.fromkeys(point.clip for point in self.points))

    def of(self, clips: Iterable[str]) -> CallResult:
        """The same result told of some of the clips only."""
        wanted = set(clips)
        return replace(self, points=tuple(p for p in self.points if p.clip in wanted))

    def mean(self, method: str, metric: Metric) -> float | None:
        """Mean over clips and rates; None when a point has no such score."""
        return mean_or_none([p.scores.get(metric) for p in self.points if p.method == method])

    def kilobits(self, method: str) -> float | None:
        """Mean weighed rate over clips and targets, in kbit/s."""
        return mean_or_none([p.kilobits for p in self.points if p.method == method])

    def bd(self, method: str, metric: Metric) -> float | None:
        """BD-rate in percent against the anchor, mean over clips; None when a clip has none."""
        return mean_or_none([self.clip_bd(clip, method, metric) for clip in self.clips])

    def clip_bd(self, clip: str, method: str, metric: Metric) -> float | None:
        """BD-rate in percent of one clip."""
        anchor, tested = (self._curve(clip, name, metric) for name in (ANCHOR, method))
        return bd_rate(anchor, tested) if anchor and tested else None

    def summary(self) -> dict[str, dict[str, float | None]]:
        """For each method its mean rate, mean scores, and the two BD-rates."""
        return {method: self._summary_of(method) for method in self.methods}

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return {
            "protocol": asdict(self.protocol),
            "summary": self.summary(),
            "points": [asdict(point) for point in self.points],
        }

    def _summary_of(self, method: str) -> dict[str, float | None]:
        summary = {"kilobits": self.kilobits(method)}
        for metric in self.protocol.metrics:
            summary[metric] = self.mean(method, metric)
            if metric in BD_METRICS:
                summary[f"bd_{metric}"] = self.bd(method, metric)
        return summary

    def _curve(self, clip: str, method: str, metric: Metric) -> list[tuple[float, float]]:
        points = [p for p in self.points if (p.clip, p.method) == (clip, method)]
        scores = [(p.kilobits, p.scores.get(metric)) for p in points]
        return [(rate, score) for rate, score in scores if score is not None]


def mean_or_none(values: Sequence[float | None]) -> float | None:
    """The mean; None when a value is missing or there is none."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None
