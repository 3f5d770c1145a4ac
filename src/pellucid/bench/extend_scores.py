"""How near an extended voice is to the whole one: log-spectral distances, ViSQOL, PESQ-WB."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pellucid.errors import MissingExtraError
from pellucid.frames import Samples

METRICS = ("lsd", "lsd_high", "visqol", "pesq", "low_db")
PEAK = 0.7
WINDOW, HOP = 2048, 512
FLOOR = 1e-8  # of a bin's power
WIDE = 16_000  # Hz that PESQ-WB and ViSQOL's speech mode are for
LOW = 0.9  # of the narrow band's edge, below which nothing should change


def score(
    whole: Samples, narrow: Samples, made: Samples, rate: int, edge: float
) -> dict[str, float]:
    """Each of `METRICS` of float32 (T,) at `rate` Hz, its band extended from `edge` Hz.

    whole: the truth; narrow: the input at the same rate. lsd, lsd_high: root mean square over
    bins, mean over frames, of the difference of log10 |X|^2, all bins and those above the edge.
    visqol: 1 to 5 (Chinen et al. 2020). pesq: nan but at 16 kHz. low_db: what changed below the
    edge, against what is there. Raises MissingExtraError.
    """
    return {
        "lsd": log_spectral_distance(whole, made),
        "lsd_high": log_spectral_distance(whole, made, edge / rate),
        "visqol": visqol(whole, made, rate),
        "pesq": pesq_wb(whole, made) if rate == WIDE else float("nan"),
        "low_db": low_change(narrow, made, LOW * edge / rate),
    }


def log_spectral_distance(whole: Samples, made: Samples, edge: float = 0.0) -> float:
    """See `score`; of the bins above `edge`, a share of the rate. Both (T,)."""
    scale = PEAK / max(float(np.abs(whole).max()), 1e-6)
    difference = np.square(spectra(scale * whole) - spectra(scale * made))
    return float(np.sqrt(difference[:, round(edge * WINDOW) :].mean(1)).mean())


def spectra(samples: Samples) -> npt.NDArray[np.float64]:
    """log10 of the power (frames, bins) under Hann windows."""
    padded = np.pad(samples, (0, max(WINDOW - samples.size, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(WINDOW), axis=1)))
    made: npt.NDArray[np.float64] = np.log10(np.maximum(power, FLOOR))
    return made


def low_change(narrow: Samples, made: Samples, edge: float) -> float:
    """Energy of the difference below `edge` (share of the rate) against the input's, in dB."""
    below = slice(0, int(edge * narrow.size))
    before, after = (np.fft.rfft(x)[below] for x in (narrow, made))
    energy = [float(np.square(np.abs(x)).sum()) for x in (after - before, before)]
    return float(10 * np.log10(max(energy[0], 1e-20) / max(energy[1], 1e-20)))


def pesq_wb(whole: Samples, made: Samples) -> float:
    """PESQ-WB (ITU-T P.862.2) at 16 kHz, -0.5 to 4.64."""
    try:
        from pesq import pesq
    except ImportError as error:
        raise MissingExtraError('voice scores need: pip install "pellucid[voice]"') from error
    return float(pesq(WIDE, whole, made, "wb"))


def visqol(whole: Samples, made: Samples, rate: int) -> float:
    """ViSQOL v3: its speech mode at 16 kHz, its audio mode at others."""
    api = _visqol("speech" if rate == WIDE else "audio")
    result = api.measure_from_arrays(whole.astype(np.float64), made.astype(np.float64), rate)
    return float(result.moslqo)


@lru_cache(maxsize=2)
def _visqol(mode: str) -> Any:
    try:
        from visqol import VisqolApi
    except ImportError as error:
        raise MissingExtraError('voice scores need: pip install "pellucid[voice]"') from error
    api = VisqolApi()
    # Without the lattice its speech scores are others than the reference's.
    api.create(mode=mode, use_lattice_model=True if mode == "speech" else None)
    return api
