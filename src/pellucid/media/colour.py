"""Colour tags: from the numbers in files (ITU-T H.273) to the words of frames."""

from __future__ import annotations

from dataclasses import dataclass

import av

from pellucid.frames import Matrix, Range, Siting
from pellucid.media.layout import LAYOUTS

UNSPECIFIED = 2  # of matrix, primaries and transfer; of the range it is 0
FULL = 2

# H.273 table 4. 5 and 6 are both BT.601, for 625 and 525 lines; the number itself is kept.
MATRICES: dict[int, Matrix] = {
    1: "bt709",
    2: "unspecified",
    4: "fcc",
    5: "bt601",
    6: "bt601",
    7: "smpte240m",
    9: "bt2020",
}

# H.273 table 3: transfers that make a picture HDR.
HDR_TRANSFERS = {16: "PQ", 18: "HLG"}

# Chroma sits midway between luma samples in the JPEG family; PyAV does not tell what a stream
# says about it, so all others are taken as unmarked, which means left.
CENTERED = {"mjpeg", "mjpegb", "jpegls", "mpeg1video", "h261", "h263", "flv1"}


@dataclass(frozen=True, slots=True)
class Colour:
    """The four tags as H.273 numbers, and range as FFmpeg's (0 unsaid, 1 limited, 2 full)."""

    matrix: int = UNSPECIFIED
    range: int = 0
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED


def colour_of(frame: av.VideoFrame, context: av.VideoCodecContext) -> Colour:
    """Read the tags of a decoded frame; what it leaves unsaid comes from the container."""
    full = LAYOUTS[frame.format.name].full_range
    return Colour(
        matrix=_said(frame.colorspace, context.colorspace, UNSPECIFIED),
        range=FULL if full else _said(frame.color_range, context.color_range, 0),
        primaries=_said(frame.color_primaries, context.color_primaries, UNSPECIFIED),
        transfer=_said(frame.color_trc, context.color_trc, UNSPECIFIED),
    )


def matrix_name(colour: Colour) -> Matrix:
    """Name the matrix; it must be one of MATRICES."""
    return MATRICES[colour.matrix]


def range_name(colour: Colour) -> Range:
    """Name the range; an unmarked video is limited."""
    return "full" if colour.range == FULL else "limited"


def siting_of(codec: str) -> Siting:
    """Say where chroma samples lie, by the custom of the codec."""
    return "center" if codec in CENTERED else "left"


def _said(frame: int, container: int, unsaid: int) -> int:
    return int(frame) if frame != unsaid else int(container)
