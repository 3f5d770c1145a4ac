"""Makes the voice samples: what was said, and what an old telephone brought of it.

Run: python samples/make_voice.py   (needs espeak-ng)

voice.flac is espeak-ng's voice at 16 kHz; call.wav is the same at 8 kHz, with the noise of a fan
10 dB below it, in the 8 bits of ITU-T G.711's mu-law.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import av
import numpy as np
import soxr

from pellucid.audio.files import read_sound

HERE = Path(__file__).parent
TEXT = (
    "Hello, can you hear me? I am on the train, it is rather noisy here. "
    "Shall we say six o'clock, at the fish shop?"
)
LEVEL, SNR_DB = 0.07, 10
CREDIT = "espeak-ng, voice en-us"


def main() -> None:
    """Speak, spoil, write."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder, "spoken.wav")
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "160", "-w", spoken, TEXT], check=True)
        voice = read_sound(spoken, 16_000)[0]
    voice *= LEVEL / np.sqrt(np.square(voice).mean())
    narrow = soxr.resample(voice, 16_000, 8_000)
    call = narrow + fan(narrow.size) * LEVEL * 10 ** (-SNR_DB / 20)
    write(HERE / "voice.flac", "flac", voice, 16_000)
    write(HERE / "call.wav", "pcm_mulaw", call, 8_000)


def fan(size: int) -> np.ndarray:
    """Low noise with a hum of 120 Hz, a root mean square of 1."""
    noise = np.random.default_rng(1).normal(size=size)
    shape = 1 / (1 + np.fft.rfftfreq(size, 1 / 8_000) / 300)
    rumble = np.fft.irfft(np.fft.rfft(noise) * shape, size)
    hum = np.sin(2 * np.pi * 120 * np.arange(size) / 8_000)
    mixed = rumble / rumble.std() + 0.5 * hum
    return mixed / mixed.std()


def write(path: Path, codec: str, samples: np.ndarray, rate: int) -> None:
    """Mono, 16 bits into the coder."""
    steps = np.round(samples * 32767).clip(-32768, 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        container.metadata["comment"] = CREDIT
        stream = container.add_stream(codec, rate=rate)
        stream.codec_context.layout = "mono"
        frame = av.AudioFrame.from_ndarray(steps[None], "s16", "mono")
        frame.sample_rate, frame.pts = rate, 0
        container.mux(list(stream.encode(frame)))
        container.mux(list(stream.encode(None)))


if __name__ == "__main__":
    main()
