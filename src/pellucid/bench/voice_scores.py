"""How good a cleaned voice is: PESQ-WB, eSTOI, SI-SDR and DNSMOS, at 16 kHz."""

from __future__ import annotations

import numpy as np
import soxr

from pellucid.errors import MediaError, MissingExtraError
from pellucid.frames import Samples

RATE = 16_000
METRICS = ("pesq", "estoi", "si_sdr", "ovrl", "sig", "bak")


def score(clean: Samples, made: Samples, sample_rate: int) -> dict[str, float]:
    """Each of `METRICS` of float32 (1, T) against the clean voice.

    pesq: PESQ-WB (ITU-T P.862.2), -0.5 to 4.64. estoi: 0 to 1 (Jensen and Taal 2016). si_sdr: dB
    (Le Roux et al. 2019, eq. 3). ovrl, sig, bak: DNSMOS P.835, 1 to 5 (Reddy et al. 2022). Raises
    MissingExtraError, and MediaError where there is no voice.
    """
    try:
        from pesq import NoUtterancesError, pesq
        from pystoi import stoi
        from speechmos import dnsmos
    except ImportError as error:
        raise MissingExtraError('voice scores need: pip install "pellucid[voice]"') from error
    reference, degraded = (
        soxr.resample(x[0], sample_rate, RATE).astype(np.float32) for x in (clean, made)
    )
    try:
        quality = float(pesq(RATE, reference, degraded, "wb"))
    except NoUtterancesError as error:
        raise MediaError("the clean sound holds no voice that PESQ can hear") from error
    mos = dnsmos.run(np.clip(degraded, -1, 1), sr=RATE)
    return {
        "pesq": quality,
        "estoi": float(stoi(reference, degraded, RATE, extended=True)),
        "si_sdr": si_sdr(reference, degraded),
        **{name: float(mos[f"{name}_mos"]) for name in ("ovrl", "sig", "bak")},
    }


def si_sdr(reference: Samples, made: Samples) -> float:
    """Scale-invariant signal-to-distortion ratio in dB of (T,); `reference` must not be silent."""
    target = reference * (float(made @ reference) / float(reference @ reference))
    rest = made - target
    return float(10 * np.log10(float(target @ target) / max(float(rest @ rest), 1e-20)))
