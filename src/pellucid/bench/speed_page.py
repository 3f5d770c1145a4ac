"""The page of speed: tables from measured numbers, and a bar chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pellucid.bench.live import Live
from pellucid.bench.speed import SIZE, Speed, Timing
from pellucid.bench.table import table
from pellucid.bench.whole import FileToFile

TEXT = """480x360 → 960x720 luma, uint8 in and out, {repeats} pictures of noise each after a
warm-up, all taking turns in one process, with a pause before each in which the others' threads
come to rest. GOP/s counts a multiply-accumulate as two. *Peak*: of what one core's multiplications
alone reach, measured in the same run; above 100 % where Winograd's transform leaves some of them
out. *Times ours*: the same threads, our fastest engine = 1."""

LIVE_TEXT = """A recording at {fps:g} frames a second on one thread, pictures already decoded.
Share of a core: what upscaling alone takes in real time."""


FILES_TEXT = """From file to file: calls of half the recordings' size at 300 kbit/s, decoded,
enlarged and coded by x264 superfast on all cores; beside the same pipeline with libswscale's
bicubic in place of the network, in turns."""

MEMORY_TEXT = """Resident memory of an upscaler above a bare `import numpy, av`, 480x360:
{:.0f} MiB."""


@dataclass(frozen=True)
class Product:
    """What was measured of recordings and of the process. memory: MiB."""

    live: tuple[Live, ...]
    files: tuple[FileToFile, ...]
    memory: float | None


def page(command: str, machine: str, repeats: int, speed: Speed, product: Product) -> str:
    """All of it in Markdown."""
    parts = [f"# Speed\n\nMade by `{command}` on {machine}.", TEXT.format(repeats=repeats)]
    parts += [_timings(speed), "![bars](speed.png)", _growth(speed)]
    if product.live:
        parts += [_live(product.live), _files(product.files)]
    if product.memory is not None:
        parts.append(MEMORY_TEXT.format(product.memory))
    return "\n\n".join(parts) + "\n"


def as_dict(speed: Speed, product: Product) -> dict[str, Any]:
    """Everything, as JSON takes it."""
    slope, fit = speed.linear_fit()
    rows = [{**asdict(t), "peak": speed.share_of_peak(t)} for t in speed.timings]
    growth = {"ms": speed.growth, "nanoseconds_a_pixel": slope, "r_squared": fit}
    return {
        "timings": rows,
        "peaks_gmac": speed.peaks,
        "growth": growth,
        **asdict(product),
    }


def draw(speed: Speed, path: Path) -> None:
    """A PNG of bars: frames a second on one thread."""
    from matplotlib.figure import Figure

    timings = sorted((t for t in speed.timings if t.threads == 1), key=lambda t: t.fps)
    figure = Figure(figsize=(8, 0.4 * len(timings) + 1), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([t.name for t in timings], [t.fps for t in timings])
    axes.bar_label(bars, fmt=" %.0f")
    axes.set(xscale="log", xlabel="480x360 → 960x720 frames a second, one thread")
    figure.savefig(path, dpi=100)


def _timings(speed: Speed) -> str:
    header = ("", "threads", "ms", "fps", "GOP/s", "peak", "times ours")
    return table(header, (_row(speed, timing) for timing in speed.timings))


def _row(speed: Speed, timing: Timing) -> tuple[str, ...]:
    ours = next(t for t in speed.timings if t.threads == timing.threads)
    share = speed.share_of_peak(timing)
    rate = "" if timing.macs is None else f"{2 * timing.macs / timing.median / 1e6:.0f}"
    return (
        timing.name,
        str(timing.threads),
        f"{timing.median:.2f}",
        f"{timing.fps:.0f}",
        rate,
        "" if share is None else f"{share:.0%}",
        f"{timing.median / ours.median:.2f}",
    )


def _growth(speed: Speed) -> str:
    slope, fit = speed.linear_fit()
    rows = ((f"{p:,}", f"{ms:.2f}", f"{1e6 * ms / p:.1f}") for p, ms in speed.growth.items())
    said = f"A straight line through these: {slope:.1f} ns a pixel, R² {fit:.5f}."
    height, width = SIZE
    title = f"How cost grows, one thread ({width}x{height} is {height * width:,} pixels):"
    return f"{title}\n\n{table(('pixels', 'ms', 'ns a pixel'), rows)}\n\n{said}"


def _live(live: Sequence[Live]) -> str:
    header = ("recording", "size", "reused", "ms, all", "ms, with reuse", "times faster",
              "share of a core, all", "with reuse", "reuse at best")  # fmt: skip
    rows = (
        (
            one.name,
            f"{one.width}x{one.height}",
            f"{one.reused:.0%}",
            f"{one.full_ms:.2f}",
            f"{one.reuse_ms:.2f}",
            f"{one.full_ms / one.reuse_ms:.2f}",
            f"{one.share(one.full_ms):.1%}",
            f"{one.share(one.reuse_ms):.1%}",
            f"{one.bound:.2f}",
        )
        for one in live
    )
    best = (
        "*Reuse at best*: what no method could beat that computes each pixel within the network's "
        "reach of a change anew, and nothing else, and for nothing."
    )
    return f"{LIVE_TEXT.format(fps=live[0].fps)}\n\n{table(header, rows)}\n\n{best}"


def _files(files: Sequence[FileToFile]) -> str:
    header = ("recording", "frames", "frames a second", "with swscale", "ratio")
    rows = (
        (one.name, str(one.frames), f"{one.fps:.0f}", f"{one.fps_swscale:.0f}",
         f"{one.fps / one.fps_swscale:.2f}")
        for one in files
    )  # fmt: skip
    return f"{FILES_TEXT}\n\n{table(header, rows)}"
