"""The time of sending, written into pictures and sounds so that it survives coding.

A picture carries it as a binary number of 24 bits and a check of 8, in large black and white
blocks over its upper half. A sound carries it as its pitch, which rises by 300 Hz in a second.
Sender and receiver are two processes of one machine and read the same monotonic clock.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 8, 4  # of blocks: 32 bits
BITS, CHECK = 24, 251
DARK, BRIGHT = 40, 215
LOWEST, RISE, SWEEP = 400.0, 300.0, 8.0  # Hz, Hz a second, seconds until it begins again
RATE = 48_000  # Hz
HEARD = 2880  # samples that a pitch is read from

Luma = NDArray[np.uint8]
Samples = NDArray[np.floating[Any]]


def draw(luma: Luma, seconds: float) -> None:
    """Write a time over the upper half of a picture, (H, W)."""
    number = round(1000 * seconds) % 2**BITS
    code = number << 8 | number % CHECK
    for place, block in enumerate(blocks(luma)):
        block[:] = BRIGHT if code >> place & 1 else DARK


def read(luma: Luma, now: float) -> float | None:
    """Seconds since what is written was written; None where it cannot be read."""
    code = 0
    for place, block in enumerate(blocks(luma)):
        inner = block[block.shape[0] // 4 : -block.shape[0] // 4, block.shape[1] // 4 :]
        code |= int(inner[:, : -block.shape[1] // 4].mean() > 128) << place
    number, check = code >> 8, code & 255
    if number % CHECK != check:
        return None
    half = 2 ** (BITS - 1)
    return ((round(1000 * now) - number + half) % 2**BITS - half) / 1000


def blocks(luma: Luma) -> list[Luma]:
    """The parts of a picture that a bit each is written into."""
    height, width = luma.shape[0] // 2 // ROWS, luma.shape[1] // COLUMNS
    places = [(row * height, column * width) for row in range(ROWS) for column in range(COLUMNS)]
    return [luma[top : top + height, left : left + width] for top, left in places]


def sound(seconds: float, count: int) -> Samples:
    """So many samples at 48 kHz that begin at a time."""
    into = (seconds + np.arange(count) / RATE) % SWEEP
    return 0.4 * np.sin(2 * np.pi * (LOWEST * into + RISE / 2 * into**2))


def listen(samples: Samples, now: float) -> float | None:
    """Seconds since the last of `HEARD` samples was made; None where there is no pitch."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    peak = int(spectrum[2:-2].argmax()) + 2
    around = spectrum[peak - 1 : peak + 2]
    if around[1] < 5 or np.square(around).sum() < 0.5 * np.square(spectrum).sum():
        return None
    off = (around[2] - around[0]) / (2 * (2 * around[1] - around[0] - around[2]))
    pitch = (peak + off) * RATE / samples.size
    middle = (pitch - LOWEST) / RISE
    return (now - middle - samples.size / 2 / RATE + 1) % SWEEP - 1
