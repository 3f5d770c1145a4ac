"""Which figures a report has, where they stand on its page, and what is written under them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pellucid.bench import plots
from pellucid.bench.call_result import CallResult
from pellucid.bench.looks import CLASSICAL
from pellucid.bench.worst import TILE, UNSEEN
from pellucid.bench.worst_page import draw_worst

if TYPE_CHECKING:
    from pellucid.bench.report import Report


@dataclass(frozen=True)
class Drawn:
    """A figure that lies beside the page. section: a codec's name, "cost" or "worst"."""

    section: str
    file: str
    words: str
    heading: str = ""

    @property
    def markdown(self) -> str:
        """What shows it on the page."""
        heading = f"## {self.heading}\n\n" if self.heading else ""
        return f"{heading}![{self.section}]({self.file})\n\n{self.words}"


def draw(report: Report, folder: Path) -> list[Drawn]:
    """Draw what there is to draw into `folder`, as PNG. Raises MediaError."""
    return [*_rates(report, folder), *_cost(report, folder), *_worst(report, folder)]


def _rates(report: Report, folder: Path) -> Iterator[Drawn]:
    for result in report.measured.calls:
        codec = result.protocol.codec
        drawn = Drawn(codec, f"calls-{codec}.png", "Means over the clips; rates as weighed.")
        plots.draw_rates(result, report.ours, folder / drawn.file)
        yield drawn


def _cost(report: Report, folder: Path) -> Iterator[Drawn]:
    """Of the first codec; without a network of known cost there is nothing to draw."""
    if not report.macs or not report.measured.calls:
        return
    result = report.measured.calls[0]
    drawn = Drawn("cost", "cost.png", _who_is_missing(report, result), "Quality against cost")
    plots.draw_cost(result, report.macs, report.ours, folder / drawn.file)
    yield drawn


def _who_is_missing(report: Report, result: CallResult) -> str:
    missing = [m for m in result.methods if m not in report.macs and m not in CLASSICAL]
    words = (
        "BD-rate against *half size + bicubic*, and multiply-accumulates for one 480x360 picture: "
        "all three channels of it for a network that works in R'G'B'."
    )
    return words + (f" Cost unknown, so not shown: {', '.join(missing)}." if missing else "")


def _worst(report: Report, folder: Path) -> Iterator[Drawn]:
    if report.measured.worst:
        words = (
            f"Of all tiles of {TILE}x{TILE} pixels in all calls, those where {report.ours[0]} "
            "loses most against bicubic, in the frame and at the rate where it does. "
            f"{UNSEEN**0.5:g} grey levels that nobody sees are added to both errors, or flat walls "
            "would lead."
        )
        drawn = Drawn("worst", "worst.png", words, "The worst places")
        draw_worst(report.measured.worst, report.ours[0], folder / drawn.file)
        yield drawn
