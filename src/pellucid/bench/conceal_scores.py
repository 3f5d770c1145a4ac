"""How good a concealed voice is: PLCMOS, PESQ-WB and eSTOI, at 16 kHz."""

from __future__ import annotations

import numpy as np
import soxr

from pellucid.errors import MissingExtraError
from pellucid.frames import Samples

RATE = 16_000
METRICS = ("plcmos", "pesq", "estoi")


def score(whole: Samples, made: Samples, sample_rate: int) -> dict[str, float]:
    """Each of `METRICS` of float32 (T,) against the voice that was sent.

    plcmos: PLCMOS v2, 1 to 5, hears the result alone (Diener et al. 2023). pesq: PESQ-WB (ITU-T
    P.862.2), -0.5 to 4.64. estoi: 0 to 1 (Jensen and Taal 2016). Raises MissingExtraError.
    """
    try:
        from pesq import pesq
        from pystoi import stoi
        from speechmos import plcmos
    except ImportError as error:
        raise MissingExtraError('voice scores need: pip install "pellucid[voice]"') from error
    reference, degraded = (
        soxr.resample(x, sample_rate, RATE).astype(np.float32) for x in (whole, made)
    )
    return {
        "plcmos": float(plcmos.run(np.clip(degraded, -1, 1), sr=RATE)["plcmos"]),
        "pesq": float(pesq(RATE, reference, degraded, "wb")),
        "estoi": float(stoi(reference, degraded, RATE, extended=True)),
    }
