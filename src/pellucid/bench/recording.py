"""A call as the protocol's baselines coded it: which encoder settings, and what it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pellucid.frames import VideoFrame
from pellucid.video.coding import Codec, Coding, through_codec

# The baselines were measured with two encoder threads and headers out of the stream. x264 then
# codes two slices, and under a rate limit its slice threads do not give the same bytes twice; two
# slices on one thread do, and score within 0.02 dB. libvpx is repeatable with two threads.
SETTINGS: dict[Codec, dict[str, str]] = {
    "x264": {"slices": "2", "x264-params": "repeat-headers=0"},
    "vp8": {"threads": "2"},
}


@dataclass(frozen=True, eq=False)
class Recording:
    """frames: as decoded. kilobits: what the file weighs, its headers included, in kbit/s."""

    frames: tuple[VideoFrame, ...]
    kilobits: float


def record(frames: Sequence[VideoFrame], codec: Codec, kilobits: int, fps: int = 30) -> Recording:
    """Code 4:2:0 frames of one even size at b = maxrate = bufsize = kilobits, and decode them.

    One frame comes out for each that goes in. Raises what `through_codec` raises.
    """
    coding = Coding(codec, kilobits=kilobits, fps=fps, options=SETTINGS.get(codec, {}))
    coded = through_codec(frames, coding)
    return Recording(tuple(coded.frames), coded.size * 8 * fps / len(frames) / 1000)
