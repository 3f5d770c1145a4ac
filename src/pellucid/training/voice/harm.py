"""What happens to a voice on its way: filters, codecs, clipping, lost packets.

`narrow`, `code`, `clip` and `drop` take a random generator, a mixture and the clean voice, both
float32 (T,), and their rate, and give both back: the clean one too loses what a denoiser is not
asked to bring back. The others take one sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soxr

from pellucid.audio.arrays import fitted
from pellucid.frames import Samples

Pair = tuple[Samples, Samples]
Curve = npt.NDArray[np.floating[Any]]
BANDS_HZ = ((50, 3800), (200, 3400), (50, 6400))  # G.711's, AMR's, AMR-WB's
EQUALISER = 6  # points between 50 Hz and the top
EQUALISER_DB = 6
OPUS_RATE, OPUS_SKIP = 48_000, 312  # the decoder's, and the samples it starts late by
OPUS_BITS = (8_000, 32_000)  # a second
PACKET = 0.02  # seconds
LOSS = (0.02, 0.2)  # share of packets
CLIPPED = (0.25, 0.8)  # of the peak


def equalise(rng: np.random.Generator, samples: Samples, sample_rate: int) -> Samples:
    """A microphone's colour, see `colour`."""
    return _filtered(samples, colour(rng, _hertz(samples, sample_rate)))


def colour(rng: np.random.Generator, hertz: Curve) -> Curve:
    """Gains at rising frequencies: a few points, straight lines over log frequency between."""
    points = np.log(np.geomspace(50, hertz[-1], EQUALISER))
    gains = rng.uniform(-EQUALISER_DB, EQUALISER_DB, EQUALISER)
    made: Curve = 10 ** (np.interp(np.log(hertz + 1), points, gains) / 20)
    return made


def narrow(rng: np.random.Generator, mixed: Samples, clean: Samples, sample_rate: int) -> Pair:
    """A telephone's band, for both."""
    low, high = BANDS_HZ[rng.integers(len(BANDS_HZ))]
    gain = telephone(_hertz(mixed, sample_rate), low, high)
    return _filtered(mixed, gain), _filtered(clean, gain)


def telephone(hertz: Curve, low_hz: float, high_hz: float) -> Curve:
    """Gains at those frequencies of a band with soft ends."""
    made: Curve = 1 / (1 + (hertz / high_hz) ** 24) / (1 + (low_hz / np.maximum(hertz, 1)) ** 8)
    return made


def low_pass(samples: Samples, sample_rate: int, edge_hz: float) -> Samples:
    """Nothing above `edge_hz`, see `below`."""
    return _filtered(samples, below(_hertz(samples, sample_rate), edge_hz))


def below(hertz: Curve, edge_hz: float) -> Curve:
    """Gains at those frequencies: none above `edge_hz`, 1 from 5 % below on."""
    fall = np.clip((edge_hz - hertz) / (0.05 * edge_hz), 0, 1)
    made: Curve = (1 - np.cos(np.pi * fall)) / 2
    return made


def code(rng: np.random.Generator, mixed: Samples, clean: Samples, sample_rate: int) -> Pair:
    """The mixture through Opus, or both through a telephone's rate and the mixture in 8 bits."""
    if rng.random() < 0.7:
        bits = int(rng.uniform(*OPUS_BITS))
        return opus(mixed, sample_rate, bits), clean
    there = [soxr.resample(x, sample_rate, 8_000) for x in (mixed, clean)]
    there[0] = mu_law(there[0].astype(np.float32))
    back = [soxr.resample(x, 8_000, sample_rate) for x in there]
    return fitted(back[0], mixed.size), fitted(back[1], mixed.size)


def clip(rng: np.random.Generator, mixed: Samples, clean: Samples, sample_rate: int) -> Pair:
    """The mixture cut off at a part of its peak."""
    del sample_rate
    limit = float(np.abs(mixed).max()) * rng.uniform(*CLIPPED)
    return np.clip(mixed, -limit, limit), clean


def drop(rng: np.random.Generator, mixed: Samples, clean: Samples, sample_rate: int) -> Pair:
    """Packets that never came are silent in both."""
    size = int(PACKET * sample_rate)
    lost = rng.random(-(-mixed.size // size)) < rng.uniform(*LOSS)
    kept = np.repeat(~lost, size)[: mixed.size].astype(np.float32)
    return mixed * kept, clean * kept


def opus(samples: Samples, sample_rate: int, bits: int) -> Samples:
    """Through Opus and back, float32 (T,), aligned. sample_rate: one that Opus takes."""
    coder = av.AudioCodecContext.create("libopus", "w")
    coder.sample_rate, coder.layout, coder.format = sample_rate, "mono", "flt"
    coder.bit_rate, coder.options = bits, {"application": "voip"}
    decoder = av.AudioCodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = OPUS_RATE, "mono"
    tail = np.zeros(sample_rate // 20, np.float32)
    pieces = []
    for frame in [*_frames(np.concatenate([samples, tail]), sample_rate), None]:
        for packet in coder.encode(frame):
            pieces += [made.to_ndarray()[0] for made in decoder.decode(packet)]
    decoded = np.concatenate(pieces)[OPUS_SKIP:]
    return fitted(soxr.resample(decoded, OPUS_RATE, sample_rate), samples.size)


def mu_law(samples: Samples) -> Samples:
    """Through 8 bits as ITU-T G.711's continuous mu-law has it (mu = 255)."""
    squeezed = np.sign(samples) * np.log1p(255 * np.minimum(np.abs(samples), 1)) / np.log(256)
    stepped = np.round(squeezed * 127) / 127
    made: Samples = (np.sign(stepped) * np.expm1(np.abs(stepped) * np.log(256)) / 255).astype(
        np.float32
    )
    return made


def _frames(samples: Samples, sample_rate: int) -> Iterator[av.AudioFrame]:
    size = sample_rate // 50
    for start in range(0, samples.size - size + 1, size):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + size], "flt", "mono")
        frame.sample_rate, frame.pts = sample_rate, start
        yield frame


def _hertz(samples: Samples, sample_rate: int) -> Curve:
    """The frequencies of a sound's bins."""
    return np.linspace(0, sample_rate / 2, samples.size // 2 + 1)


def _filtered(samples: Samples, gain: Curve) -> Samples:
    return np.fft.irfft(np.fft.rfft(samples) * gain, samples.size).astype(np.float32)
