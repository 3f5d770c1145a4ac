"""Opus packets of sounds made up for tests."""

from __future__ import annotations

import av
import numpy as np

from pellucid.call.packets import CLOCK_RATE, Packet
from pellucid.frames import Samples


def opus(samples: Samples, milliseconds: int = 20, ssrc: int = 0) -> list[Packet]:
    """float32 (T,) at 48 kHz in packets of so many milliseconds each."""
    coder = av.AudioCodecContext.create("libopus", "w")
    coder.sample_rate, coder.layout, coder.format = CLOCK_RATE, "mono", "flt"
    coder.bit_rate = 32_000
    coder.options = {"application": "voip", "frame_duration": str(milliseconds)}
    size, made = milliseconds * CLOCK_RATE // 1000, []
    for start in range(0, samples.size - size + 1, size):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + size], "flt", "mono")
        frame.sample_rate, frame.pts = CLOCK_RATE, start
        made += [bytes(one) for one in coder.encode(frame)]
    return [Packet(n, n * size, size, ssrc, payload) for n, payload in enumerate(made)]


def tone(seconds: float, hertz: float = 200) -> Samples:
    """float32 (T,) at 48 kHz with three harmonics."""
    t = np.arange(round(seconds * CLOCK_RATE)) / CLOCK_RATE
    return (0.2 * sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 2, 3))).astype(np.float32)
