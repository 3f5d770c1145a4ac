"""Runs a network with each way's weights over the mixtures, and scores what it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np
import onnxruntime as ort
import torch
from pesq import NoUtterancesError, pesq

from pellucid.audio.session import IN
from pellucid.lab.coding.outcome import Measured
from pellucid.lab.coding.problem import WAYS, is_large, read_graph, trained, with_weights
from pellucid.training.compress.packed import pack
from pellucid.training.voice.cleaning import RATE
from pellucid.training.voice.losses import si_sdr
from pellucid.training.voice.spectra import to_samples, to_spectra

Mixtures = Sequence[tuple[torch.Tensor, torch.Tensor]]
UNTOUCHED, NOISY = "float32", "noisy"


def measure(path: Path, mixtures: Mixtures) -> Iterator[Measured]:
    """What goes in first, then the network as it is, then each of `WAYS`."""
    model = read_graph(path)
    weights = trained(model)
    whole = sum(one.nbytes for one in weights.values())
    heard = [mixed for mixed, _ in mixtures]
    yield Measured(NOISY, 0, 0, *_scores(heard, mixtures))
    yield Measured(
        UNTOUCHED, whole, 1, *_scores(_clean(model.SerializeToString(), heard), mixtures)
    )
    for name, way in WAYS.items():
        kept = way(weights)
        large = [one for one in kept.seen.values() if is_large(one)]
        nonzero = sum(np.count_nonzero(one) for one in large) / sum(one.size for one in large)
        made = _clean(with_weights(model, kept.seen), heard)
        size = len(pack(kept.packed, {}, "ans"))
        yield Measured(name, size, float(nonzero), *_scores(made, mixtures))


def _clean(network: bytes, heard: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = ort.InferenceSession(network, options, ["CPUExecutionProvider"])
    state = np.zeros(session.get_inputs()[1].shape, np.float32)
    batches = []
    for mixed in heard:
        each = to_spectra(mixed, RATE).unbind(1)  # (T, 2, bins), for the network knows no batch
        made = [
            session.run(None, dict(zip(IN, (one.numpy(), state), strict=True)))[0] for one in each
        ]
        batches.append(to_samples(torch.from_numpy(np.stack(made, 1)), RATE))
    return batches


def _scores(made: Sequence[torch.Tensor], mixtures: Mixtures) -> tuple[float, float]:
    """Mean SI-SDR as training has it; mean PESQ-WB of those in which it hears a voice."""
    fitting = [
        (one, clean[:, : one.shape[1]]) for one, (_, clean) in zip(made, mixtures, strict=True)
    ]
    sdr = fmean(float(si_sdr(one, clean)) for one, clean in fitting)
    return sdr, fmean(score for one, clean in fitting for score in _pesq(one, clean))


def _pesq(made: torch.Tensor, clean: torch.Tensor) -> Iterator[float]:
    for one, voice in zip(made.numpy(), clean.numpy(), strict=True):
        if not voice.any():
            continue
        try:
            yield float(pesq(RATE, voice, one, "wb"))
        except NoUtterancesError:
            continue
