"""Pellucid makes calls clear: x2 super-resolution of call video, and voices without noise and with
the band that the call took, on an ordinary CPU.

    pellucid.enhance("call.mp4", "clear.mp4")            a file: video, picture or sound
    pellucid.Upscaler().upscale(picture)                 a VideoFrame, luma or RGB array
    pellucid.denoise(samples, sample_rate)               float32 (T,) or (C, T)
    pellucid.extend(samples, sample_rate, to_rate)
    pellucid.conceal(samples, sample_rate, lost)         lost: bool, one a packet
    pellucid.classify(samples, sample_rate)              a `Label` for each 20 ms

Everything public stands in `HOMES`; `pellucid.errors` draws the tree of what may be raised.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.artifact import Card as Card
    from pellucid.audio.classify import Classifier as Classifier
    from pellucid.audio.classify import classify as classify
    from pellucid.audio.clear import Clearer as Clearer
    from pellucid.audio.conceal import Concealer as Concealer
    from pellucid.audio.conceal import conceal as conceal
    from pellucid.audio.denoise import Denoiser as Denoiser
    from pellucid.audio.denoise import denoise as denoise
    from pellucid.audio.extend import Extender as Extender
    from pellucid.audio.extend import extend as extend
    from pellucid.audio.labels import Label as Label
    from pellucid.audio.labels import Span as Span
    from pellucid.errors import PellucidError as PellucidError
    from pellucid.frames import AudioFrame as AudioFrame
    from pellucid.frames import VideoFrame as VideoFrame
    from pellucid.media import Encoding as Encoding
    from pellucid.outcome import Outcome as Outcome
    from pellucid.pipeline import Settings as Settings
    from pellucid.pipeline import enhance as enhance
    from pellucid.stream import Chain as Chain
    from pellucid.stream import Stage as Stage
    from pellucid.stream import run as run
    from pellucid.video.upscale import Upscaler as Upscaler

# Each public name and the module that holds it, imported when first asked for (PEP 562): an
# application that mentions Pellucid starts without waiting for numpy and FFmpeg.
HOMES = {
    "AudioFrame": "pellucid.frames",
    "Card": "pellucid.artifact",
    "Chain": "pellucid.stream",
    "Classifier": "pellucid.audio.classify",
    "Clearer": "pellucid.audio.clear",
    "Concealer": "pellucid.audio.conceal",
    "Denoiser": "pellucid.audio.denoise",
    "Encoding": "pellucid.media",
    "Extender": "pellucid.audio.extend",
    "Label": "pellucid.audio.labels",
    "Outcome": "pellucid.outcome",
    "PellucidError": "pellucid.errors",
    "Settings": "pellucid.pipeline",
    "Span": "pellucid.audio.labels",
    "Stage": "pellucid.stream",
    "Upscaler": "pellucid.video.upscale",
    "VideoFrame": "pellucid.frames",
    "classify": "pellucid.audio.classify",
    "conceal": "pellucid.audio.conceal",
    "denoise": "pellucid.audio.denoise",
    "enhance": "pellucid.pipeline",
    "extend": "pellucid.audio.extend",
    "run": "pellucid.stream",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(HOMES)
