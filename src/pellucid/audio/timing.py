"""How long the voice stages take here, a packet at a time as a call brings them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.audio.classify import Classifier
from pellucid.audio.clear import Clearer
from pellucid.audio.conceal import Concealer
from pellucid.audio.denoise import Denoiser
from pellucid.audio.extend import Extender
from pellucid.frames import AudioFrame
from pellucid.stream import Stage

STAGES: tuple[tuple[Callable[[], Stage[AudioFrame, object]], int], ...] = (
    (Classifier, 16_000),
    (Denoiser, 16_000),
    (Denoiser, 48_000),
    (Extender, 8_000),
    (Clearer, 8_000),
    (Clearer, 48_000),
)
CONCEALED = (16_000, 48_000)  # Hz; every other packet is lost
PACKETS = (10, 20)  # ms
COUNT = 100
WARM = 5


@dataclass(frozen=True)
class Timed:
    """A stage on sound of a rate, in packets of so many ms: median share of one core it takes."""

    stage: str
    sample_rate: int
    packet_ms: int
    share: float


def time_stages() -> Iterator[Timed]:
    """Every stage of a call, on one channel of noise; half of what is concealed is lost."""
    for make, rate in STAGES:
        for packet in PACKETS:
            taken = np.array(list(_seconds(make(), rate, rate * packet // 1000)))
            share = float(np.median(taken[WARM:])) / (packet / 1000)
            yield Timed(make().__class__.__name__, rate, packet, share)
    for rate in CONCEALED:
        for packet in PACKETS:
            stage = Concealer(rate, packet)
            taken = np.array(list(_seconds(stage, rate, rate * packet // 1000, every=2)))
            yield Timed("Concealer", rate, packet, float(np.mean(taken[WARM:])) / (packet / 1000))


def _seconds(stage: Any, rate: int, size: int, every: int = COUNT + 1) -> Iterator[float]:
    """Of each packet's push; one in `every` is lost."""
    noise = np.random.default_rng(0).normal(0, 0.05, (1, size)).astype(np.float32)
    for number in range(COUNT):
        frame = AudioFrame(noise, rate, number * size)
        start = time.perf_counter()
        stage.push(None if (number + 1) % every == 0 else frame)
        yield time.perf_counter() - start
