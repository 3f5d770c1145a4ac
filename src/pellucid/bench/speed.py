"""Speed: every engine and rival in one run, taking turns, so that a machine's moods hit all alike.

Only ratios within a run mean something; milliseconds are this machine's, of that hour.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid import _native
from pellucid.artifact import find_model
from pellucid.bench import rivals
from pellucid.bench.rivals import Contender
from pellucid.frames import Plane
from pellucid.video.engine import luma, pick_engine
from pellucid.video.integer import IntegerNetwork, Network
from pellucid.video.model import load

SIZE = (360, 480)
MODELS = ("standard", "lite")
# Heights and widths for how cost grows.
SIZES = ((120, 160), (180, 320), (360, 480), (360, 640), (540, 960), (720, 1280), (1080, 1920))
WARM_UP = 5
BURN_ROUNDS = 200_000
# Seconds before each picture: the threads of some runtimes go on turning for a while, and would
# take a core from whoever comes next.
PAUSE = 0.02


@dataclass(frozen=True)
class Timing:
    """Of one contender: the median and the fastest time of a picture, in ms."""

    name: str
    threads: int
    median: float
    best: float
    macs: int | None = None

    @property
    def fps(self) -> float:
        """Pictures a second, by the median."""
        return 1000 / self.median


@dataclass(frozen=True)
class Speed:
    """One run. peaks: GMAC/s of one core by kernel set, measured between the pictures.

    growth: median ms by pixels of the input, one thread.
    """

    timings: tuple[Timing, ...]
    peaks: dict[str, float]
    growth: dict[int, float]

    def share_of_peak(self, timing: Timing) -> float | None:
        """The multiply-accumulates a second that the network needs, over the processor's peak."""
        peak = self.peaks.get(timing.name.rpartition(", ")[2])
        if not peak or timing.macs is None:
            return None
        return timing.macs / timing.median / 1e6 / peak / timing.threads

    def linear_fit(self) -> tuple[float, float]:
        """Nanoseconds a pixel, and R² of the straight line through the sizes."""
        pixels, times = np.array(list(self.growth)), np.array(list(self.growth.values()))
        slope, offset = np.polyfit(pixels, times, 1)
        rest = times - (slope * pixels + offset)
        return 1e6 * float(slope), 1 - float(rest @ rest / ((times - times.mean()) ** 2).sum())


def run(peers: Path | None, threads: Sequence[int], repeats: int) -> Speed:
    """Time everything `repeats` times. Raises ArtifactError, MissingExtraError."""
    network = load(find_model("standard"))[0]
    timings: list[Timing] = []
    peaks: dict[str, float] = {}
    for count in threads:
        contenders = list(_contenders(network, peers, count))
        timings += _take_turns(contenders, count, repeats, peaks)
    return Speed(tuple(timings), peaks, _growth(network, repeats))


def _contenders(network: Network, peers: Path | None, threads: int) -> Iterator[Contender]:
    for name in MODELS:
        yield from rivals.ours(name, load(find_model(name))[0], threads, SIZE)
    first = network.networks[0]
    assert isinstance(first, IntegerNetwork)
    yield from rivals.runtimes(first, threads, SIZE)
    if peers:
        yield from rivals.opencv(peers, threads)
    if threads == 1:
        yield rivals.swscale()


def _take_turns(
    contenders: Sequence[Contender], threads: int, repeats: int, peaks: dict[str, float]
) -> Iterator[Timing]:
    picture = _picture(SIZE)
    taken: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for turn in range(WARM_UP + repeats):
        for contender in contenders:
            milliseconds = _time(contender, picture)
            if turn >= WARM_UP:
                taken[contender.name].append(milliseconds)
        _look_at_peaks(peaks)
    for contender in contenders:
        times = taken[contender.name]
        median, best = float(np.median(times)), min(times)
        yield Timing(contender.name, threads, median, best, contender.macs)


def _look_at_peaks(peaks: dict[str, float]) -> None:
    """The highest rate seen so far: what the core can do when nothing disturbs it."""
    for kernels in _native.kernels():
        start = time.perf_counter()
        macs = _native.burn(kernels, BURN_ROUNDS)
        if macs:
            rate = macs / (time.perf_counter() - start) / 1e9
            peaks[kernels] = max(peaks.get(kernels, 0.0), rate)


def _growth(network: Network, repeats: int) -> dict[int, float]:
    engine = pick_engine(network, 1)
    pictures = [_picture(size) for size in SIZES]
    taken: list[list[float]] = [[] for _ in SIZES]
    for _ in range(max(repeats // 4, 3)):
        for picture, times in zip(pictures, taken, strict=True):
            start = time.perf_counter()
            luma(engine, picture)
            times.append(1000 * (time.perf_counter() - start))
    return {p.size: float(np.median(t)) for p, t in zip(pictures, taken, strict=True)}


def _time(contender: Contender, picture: Plane) -> float:
    time.sleep(PAUSE)
    start = time.perf_counter()
    contender.enlarge(picture)
    return 1000 * (time.perf_counter() - start)


def _picture(size: tuple[int, int]) -> Plane:
    return np.random.default_rng(0).integers(0, 256, size).astype(np.uint8)
