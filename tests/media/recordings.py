"""Makes a small call recording with picture, sound, subtitles, chapters and tags."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition
from clips import Clip, add_video, mux_video

MS = Fraction(1, 1000)
CHAPTERS = [
    {"id": 1, "start": 0, "end": 200, "time_base": MS, "metadata": {"title": "Hello"}},
    {"id": 2, "start": 200, "end": 400, "time_base": MS, "metadata": {"title": "Bye"}},
]
SUBTITLES = {".mp4": ("mov_text", lambda text: len(text).to_bytes(2, "big") + text),
             ".mov": ("mov_text", lambda text: len(text).to_bytes(2, "big") + text),
             ".mkv": ("subrip", lambda text: text),
             ".webm": ("webvtt", lambda text: text)}  # fmt: skip


def recording(path: Path, sound: str = "aac", first: int = 0) -> Path:
    """A call with picture, sound that starts at `first` samples, subtitles, chapters and tags."""
    clip = Clip("libvpx-vp9" if path.suffix == ".webm" else "libx264")
    with av.open(str(path), "w") as container:
        container.metadata.update(title="Call with A", comment="Ünïcode ✓")
        container.set_chapters(CHAPTERS)
        video = add_video(container, clip)
        video.metadata["language"] = "deu"
        audio = container.add_stream(sound, rate=48000)
        audio.metadata.update(language="fra", title="Microphone")
        audio.disposition = Disposition.default
        codec, pack = SUBTITLES[path.suffix]
        text = container.add_mux_stream(codec)
        text.time_base = Fraction(1, 1000)
        text.metadata["language"] = "eng"
        container.start_encoding()
        mux_video(container, video, clip)
        mux_sound(container, audio, first)
        for start, line in ((40, b"Hi"), (200, b"Bye")):
            packet = av.Packet(pack(line))
            packet.pts = packet.dts = start
            packet.duration, packet.time_base, packet.stream = 100, Fraction(1, 1000), text
            container.mux(packet)
    return path


def mux_sound(container: av.container.OutputContainer, audio: av.AudioStream, first: int) -> None:
    wave = np.sin(np.arange(48000) / 20).astype(np.float32)
    for start in range(0, 19200, 960):
        samples = np.stack([wave[start : start + 960]] * 2)
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, first + start, Fraction(1, 48000)
        for fitting in resample(audio, frame):
            container.mux(audio.encode(fitting))
    container.mux(audio.encode(None))


def resample(audio: av.AudioStream, frame: av.AudioFrame) -> list[av.AudioFrame]:
    if audio.format.name == "fltp":
        return [frame]
    return av.AudioResampler(audio.format.name, "stereo", 48000).resample(frame)
