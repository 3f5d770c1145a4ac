"""How many pictures of the sample are left out because a coder made more than it was asked to.

    PYTHONPATH=tests python -m call.bench_left_out

960x720, ten seconds at thirty a second by a made-up clock, so that it is the same on any machine.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import cycle, islice
from unittest import mock

import av

from call.chromium import SAMPLES
from pellucid.call.sending import Pictures

SIZE, FPS, COUNT = (960, 720), 30, 300
RATES = (800_000, 1_500_000, 3_000_000)


def pictures() -> list[av.VideoFrame]:
    """The sample, there and back as often as is needed."""
    with av.open(str(SAMPLES / "call.mp4")) as source:
        known = [frame.reformat(*SIZE, "yuv420p").to_ndarray() for frame in source.decode(video=0)]
    made = []
    for number, data in enumerate(islice(cycle([*known, *reversed(known)]), COUNT)):
        frame = av.VideoFrame.from_ndarray(data, "yuv420p")
        frame.pts, frame.time_base = number * 90_000 // FPS, Fraction(1, 90_000)
        made.append(frame)
    return made


def left_out(codec: str, rate: int, frames: list[av.VideoFrame]) -> tuple[int, float]:
    """How many, and bit/s of the others."""
    sender, octets = Pictures(), 0
    sender.begin(codec)
    for _ in range(60):
        sender.rate.lost(0.0)
    sender.rate.estimated(rate)
    for number, frame in enumerate(frames):
        with mock.patch("pellucid.call.sending.time.monotonic", lambda now=100 + number / FPS: now):
            octets += sum(map(len, sender.encode(frame, number == 0)[0]))
    return sender.skipped, 8 * octets * FPS / COUNT


def main() -> None:
    """Print a line for each codec and rate."""
    frames = pictures()
    for codec in ("VP8", "H264"):
        for rate in RATES:
            skipped, made = left_out(codec, rate, frames)
            print(f"{codec:5} {rate / 1000:5.0f} kbit/s: {skipped} of {COUNT} left out,", end=" ")
            print(f"{made / 1000:.0f} kbit/s made")


if __name__ == "__main__":
    main()
