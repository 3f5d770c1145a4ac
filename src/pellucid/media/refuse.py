"""What is refused rather than done wrong, each in one sentence that says what can be done."""

from __future__ import annotations

from pathlib import Path

import av

from pellucid.errors import UnsupportedMediaError
from pellucid.media.colour import HDR_TRANSFERS, MATRICES
from pellucid.media.layout import LAYOUTS

PROGRESSIVE = (0, 1)  # AVFieldOrder: unknown, progressive; the rest are interlaced
DEINTERLACE = "deinterlace it first (ffmpeg -i IN -vf bwdif OUT)"


def check_stream(path: Path, stream: av.VideoStream) -> None:
    """Refuse what the container already tells. Raises UnsupportedMediaError."""
    if stream.codec_context is None:
        raise UnsupportedMediaError(
            f"{path}: its video is in a codec that cannot be decoded here; convert it to H.264"
        )
    if stream.metadata.get("alpha_mode", stream.metadata.get("ALPHA_MODE")) == "1":
        _refuse_alpha(path)
    if stream.codec_context.field_order not in PROGRESSIVE:
        raise UnsupportedMediaError(f"{path}: is interlaced video; {DEINTERLACE}")
    _check_transfer(path, stream.codec_context.color_trc)


def check_frame(path: Path, frame: av.VideoFrame) -> None:
    """Refuse what only a decoded picture tells. Raises UnsupportedMediaError."""
    if frame.format.name not in LAYOUTS:
        _refuse_format(path, frame.format)
    if frame.interlaced_frame:
        raise UnsupportedMediaError(f"{path}: is interlaced video; {DEINTERLACE}")
    if frame.colorspace not in MATRICES:
        raise UnsupportedMediaError(
            f"{path}: its colours use matrix {int(frame.colorspace)} of H.273, which is not "
            "supported; convert it to BT.709 first"
        )
    _check_transfer(path, frame.color_trc)


def _refuse_format(path: Path, pixels: av.VideoFormat) -> None:
    if pixels.has_palette or pixels.is_rgb or pixels.is_bayer:
        raise UnsupportedMediaError(
            f"{path}: its pixels are RGB ({pixels.name}), not Y'CbCr; "
            "convert it first (ffmpeg -i IN -pix_fmt yuv444p OUT)"
        )
    if any(component.is_alpha for component in pixels.components):
        _refuse_alpha(path)
    bits = max((component.bits for component in pixels.components), default=0)
    if bits > 8:
        raise UnsupportedMediaError(
            f"{path}: is {bits}-bit video and only 8-bit is supported; "
            "convert it first (ffmpeg -i IN -pix_fmt yuv420p OUT)"
        )
    raise UnsupportedMediaError(
        f"{path}: its pixel format {pixels.name} is not supported; "
        "convert it first (ffmpeg -i IN -pix_fmt yuv420p OUT)"
    )


def _refuse_alpha(path: Path) -> None:
    raise UnsupportedMediaError(
        f"{path}: is video with transparency, which would be lost; "
        "flatten it first (ffmpeg -i IN -pix_fmt yuv420p OUT)"
    )


def _check_transfer(path: Path, transfer: int) -> None:
    if transfer in HDR_TRANSFERS:
        raise UnsupportedMediaError(
            f"{path}: is HDR video ({HDR_TRANSFERS[transfer]}) and only SDR is supported; "
            "tone-map it to SDR first"
        )
