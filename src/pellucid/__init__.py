"""Pellucid makes calls clear: x2 super-resolution of call video on an ordinary CPU.

    pellucid.enhance("call.mp4", "clear.mp4")            a file, sound and times untouched
    pellucid.Upscaler().upscale(picture)                 a VideoFrame, luma or RGB array

Everything public stands in `HOMES`; `pellucid.errors` draws the tree of what may be raised.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.artifact import Card as Card
    from pellucid.errors import PellucidError as PellucidError
    from pellucid.frames import AudioFrame as AudioFrame
    from pellucid.frames import VideoFrame as VideoFrame
    from pellucid.media import Encoding as Encoding
    from pellucid.pipeline import Outcome as Outcome
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
    "Encoding": "pellucid.media",
    "Outcome": "pellucid.pipeline",
    "PellucidError": "pellucid.errors",
    "Settings": "pellucid.pipeline",
    "Stage": "pellucid.stream",
    "Upscaler": "pellucid.video.upscale",
    "VideoFrame": "pellucid.frames",
    "enhance": "pellucid.pipeline",
    "run": "pellucid.stream",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(HOMES)
