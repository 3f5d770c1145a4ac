"""The pictures that exports are checked on, and which level of a gate ordinary calls get."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

import pellucid
from pellucid.export.formats import Size
from pellucid.frames import VideoFrame
from pellucid.media import Source
from pellucid.video.coding import Coding, through_codec
from pellucid.video.integer import Luma, Network
from pellucid.video.levels import Levels

SAMPLE = Path(pellucid.__file__).parent / "call" / "page" / "sample.mp4"
FRAMES = 132  # then it goes backwards
ORDINARY = Coding("x264", kilobits=200, fps=25)  # 480x360, as samples/call.mp4


@cache
def call() -> list[Luma]:
    """The luma of the package's sample as an ordinary call brings it, uint8 (360, 480) each."""
    with Source(SAMPLE) as source:
        pictures = (item for item in source.items() if isinstance(item, VideoFrame))
        sent = list(islice(pictures, FRAMES))
    return [frame.y for frame in through_codec(sent, ORDINARY).frames]


def picture(size: Size) -> Luma:
    """A picture of that call, cut to a size (height, width), or mirrored until it has it."""
    luma = call()[-1]
    missing = [(0, max(0, want - have)) for want, have in zip(size, luma.shape, strict=True)]
    return np.ascontiguousarray(np.pad(luma, missing, mode="symmetric")[: size[0], : size[1]])


def ordinary_level(network: Network) -> int:
    """The level that the gate gives most of that call's pictures; 0 without a gate."""
    levels = Levels(network)
    return Counter(levels.of(luma) for luma in call()).most_common(1)[0][0]
