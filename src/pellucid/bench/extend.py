"""The extension protocol: voices made narrow and extended again, beside plain interpolation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

from pellucid.audio.arrays import fitted
from pellucid.audio.extend import extend
from pellucid.audio.files import read_sound
from pellucid.bench.extend_scores import score
from pellucid.bench.voice import Row
from pellucid.bench.voice_items import SECONDS, sounds_of
from pellucid.frames import Samples

EXTENDED, PLAIN = "pellucid", "sinc"


def measure(speech: Path, count: int, from_rate: int, to_rate: int) -> Iterator[Row]:
    """Two rows for each of the first `count` voices below a folder, up to 8 s of each.

    Raises MediaError for a folder without sound, MissingExtraError.
    """
    extend(np.zeros(from_rate, np.float32), from_rate, to_rate)  # opens what is timed below
    for path in sounds_of(speech)[:count]:
        whole, narrow, plain = _made_narrow(path, from_rate, to_rate)
        start = time.perf_counter()
        made = extend(narrow, from_rate, to_rate)
        taken = time.perf_counter() - start
        seconds = whole.size / to_rate
        for name, output, rtf in ((PLAIN, plain, float("nan")), (EXTENDED, made, taken / seconds)):
            scores = score(whole, plain, fitted(output, whole.size), to_rate, from_rate / 2)
            yield Row(name, path.stem, 0, rtf, scores)


def sounds(path: Path, from_rate: int, to_rate: int) -> tuple[Samples, Samples, Samples]:
    """Interpolated, extended and whole, float32 (T,) at `to_rate`, to be looked at."""
    whole, narrow, plain = _made_narrow(path, from_rate, to_rate)
    return plain, fitted(extend(narrow, from_rate, to_rate), whole.size), whole


def _made_narrow(path: Path, from_rate: int, to_rate: int) -> tuple[Samples, Samples, Samples]:
    """The whole voice, the same at `from_rate`, and that interpolated back."""
    whole = read_sound(path, to_rate)[0, : SECONDS * to_rate]
    narrow = soxr.resample(whole, to_rate, from_rate)
    return whole, narrow, fitted(soxr.resample(narrow, from_rate, to_rate), whole.size)
