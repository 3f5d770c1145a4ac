"""Makes what the page of `pellucid serve` sends where there is no camera.

Run: python samples/make_page_sample.py

The picture of reference.mp4 at half its size, forwards and then backwards, so that it goes round
without a jump, beside the voice of call.wav, which ends before the picture does.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation

HERE = Path(__file__).parent
TARGET = HERE.parent / "src" / "pellucid" / "call" / "page" / "sample.mp4"
SIZE, RATE = (480, 360), 25
PICTURE = {"preset": "veryslow", "crf": "25"}
CREDIT = "(c) 2008 Blender Foundation, www.bigbuckbunny.org, CC BY 3.0; voice by espeak-ng"


def main() -> None:
    pictures = [frame.to_ndarray() for frame in halved(HERE / "reference.mp4")]
    with av.open(str(TARGET), "w", options={"movflags": "faststart"}) as writer:
        writer.metadata["copyright"] = CREDIT
        video = writer.add_stream("libx264", rate=RATE, options=PICTURE)
        (video.width, video.height), video.pix_fmt = SIZE, "yuv420p"
        sound = writer.add_stream("libopus", rate=48_000, layout="mono")
        sound.bit_rate = 32_000
        for number, planes in enumerate(pictures + pictures[-2:0:-1]):
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            writer.mux(video.encode(frame))
        for frame in voice(HERE / "call.wav"):
            writer.mux(sound.encode(frame))
        for stream in (video, sound):
            writer.mux(stream.encode(None))


def halved(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as reader:
        return [
            frame.reformat(*SIZE, format="yuv420p", interpolation=Interpolation.AREA)
            for frame in reader.decode(video=0)
        ]


def voice(path: Path) -> list[av.AudioFrame]:
    """Everything at 48 kHz."""
    with av.open(str(path)) as reader:
        coded = np.concatenate([frame.to_ndarray() for frame in reader.decode(audio=0)], axis=1)
    whole = av.AudioFrame.from_ndarray(coded, format="s16", layout="mono")
    whole.sample_rate, whole.pts = 8_000, 0
    resampler = av.AudioResampler("flt", "mono", 48_000)
    return [*resampler.resample(whole), *resampler.resample(None)]


if __name__ == "__main__":
    main()
