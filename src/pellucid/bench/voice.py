"""The voice protocol: every method on the same noisy recordings, with intervals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pellucid.audio.denoise import denoise
from pellucid.bench.voice_items import Item
from pellucid.bench.voice_scores import METRICS, score
from pellucid.errors import ArtifactError
from pellucid.frames import Samples

# float32 (1, T) and its rate to the same shape.
Clean = Callable[[Samples, int], Samples]
Z_95 = 1.96


@dataclass(frozen=True)
class VoiceMethod:
    """A way to clean a voice, by name."""

    name: str
    clean: Clean


class Scored(Protocol):
    """A row of a table."""

    @property
    def method(self) -> str:
        """Who made it."""

    @property
    def rtf(self) -> float:
        """Seconds of computing a second of sound."""

    @property
    def scores(self) -> dict[str, float]:
        """By metric."""


@dataclass(frozen=True)
class Row:
    """One method on one item. rtf: seconds of computing a second of sound."""

    method: str
    speaker: str
    snr: int
    rtf: float
    scores: dict[str, float]


def ours(models: Sequence[str]) -> Iterator[VoiceMethod]:
    """Our denoisers: shipped names or model files. Raises ArtifactError for two of one name."""
    names = [Path(model).stem for model in models]
    if len(set(names)) < len(names):
        raise ArtifactError(f"{', '.join(models)}: two models of one name; give them others")
    for model in models:

        def clean(samples: Samples, sample_rate: int, model: str = model) -> Samples:
            return denoise(samples, sample_rate, model)

        yield VoiceMethod(f"pellucid {Path(model).stem}", clean)


NOISY = VoiceMethod("noisy", lambda samples, sample_rate: samples)


def measure(items: Iterable[Item], methods: Sequence[VoiceMethod]) -> Iterator[Row]:
    """A row for each item and method, "noisy" first."""
    for item in items:
        for method in (NOISY, *methods):
            start = time.perf_counter()
            made = method.clean(item.noisy, item.sample_rate)
            taken = time.perf_counter() - start
            seconds = item.noisy.shape[1] / item.sample_rate
            scores = score(item.clean, made, item.sample_rate)
            yield Row(method.name, item.speaker, item.snr, taken / seconds, scores)


def table(
    rows: Sequence[Scored],
    by: Callable[[Any], object] | None = None,
    metrics: Sequence[str] = METRICS,
) -> str:
    """Markdown: means with 95 % intervals, a line a method, or a method and what `by` gives."""
    groups: dict[tuple[str, object], list[Scored]] = {}
    for row in rows:
        groups.setdefault((row.method, by(row) if by else ""), []).append(row)
    lines = [["", "", *metrics, "RTF"], ["---"] * (len(metrics) + 3)]
    for (method, group), some in groups.items():
        rtf = np.mean([row.rtf for row in some])
        lines.append([method, str(group), *(_cell(some, m) for m in metrics), f"{rtf:.4f}"])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def gains(rows: Sequence[Scored], method: str, metric: str) -> dict[int, float]:
    """By item, what a method scored above the first, in the items' order."""
    first = [row.scores[metric] for row in rows if row.method == rows[0].method]
    own = [row.scores[metric] for row in rows if row.method == method]
    return {item: b - a for item, (a, b) in enumerate(zip(first, own, strict=True))}


def _cell(rows: Sequence[Scored], metric: str) -> str:
    values = np.array([row.scores[metric] for row in rows])
    spread = Z_95 * values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else float("nan")
    return f"{values.mean():.3f} ± {spread:.3f}"
