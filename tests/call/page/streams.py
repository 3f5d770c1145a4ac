"""Streams of frames: as a page is given them, and what the numpy references make of them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from pellucid.artifact import Card, write
from pellucid.frames import Plane, VideoFrame
from pellucid.video import chroma
from pellucid.video.integer import Network, reference
from pellucid.video.levels import Levels
from pellucid.video.model import pack
from video.networks import noise

PROBE = "/tests/call/page/probe.js"


def frame_of(height: int, width: int, seed: int = 0, siting: str = "left") -> VideoFrame:
    """A frame of noise."""
    half = -(-height // 2), -(-width // 2)
    u, v = noise(*half, seed + 1), noise(*half, seed + 2)
    return VideoFrame(noise(height, width, seed), u, v, siting=siting)  # type: ignore[arg-type]


def model_bytes(network: Network, folder: Path) -> bytes:
    """The model file of a network."""
    path = folder / "model.safetensors"
    write(path, pack(network, Card("tried", "A network of a test.", "none", "none", "none")))
    return path.read_bytes()


def stream(model: bytes, frames: Sequence[VideoFrame], **settings: Any) -> dict[str, Any]:
    """A stream as the page reads it."""
    return {"model": encode(model), "settings": settings, "frames": [*map(outgoing, frames)]}


def enlarge(page: Page, streams: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What the page makes of each stream's frames."""
    call = f"async (streams) => (await import('{PROBE}')).enlarge(streams)"
    made: list[list[dict[str, Any]]] = page.evaluate(call, [*streams])
    return made


def check(network: Network, frames: Sequence[VideoFrame], made: Sequence[dict[str, Any]]) -> None:
    """Every frame has the bytes of the references."""
    assert len(made) == len(frames) > 0
    levels = Levels(network)
    for frame, reply in zip(frames, made, strict=True):
        level = levels.of(frame.y)
        assert reply["level"] == level
        np.testing.assert_array_equal(
            plane(reply["frame"], "y"), reference(network.networks[level], frame.y)
        )
        if frame.u is not None and frame.v is not None:
            for name, small in (("u", frame.u), ("v", frame.v)):
                large = chroma.reference(small, *chroma.phases(frame))
                cut = large[: frame.height, : frame.width]
                np.testing.assert_array_equal(plane(reply["frame"], name), cut)


def outgoing(frame: VideoFrame) -> dict[str, Any]:
    """A frame as the page reads it."""
    planes = {"y": frame.y, "u": frame.u, "v": frame.v}
    shown = {name: None if x is None else encode(x.tobytes()) for name, x in planes.items()}
    return {"width": frame.width, "height": frame.height, "siting": frame.siting, **shown}


def plane(frame: dict[str, Any], name: str) -> Plane:
    """A plane of a frame that the page made."""
    height, width = frame["height"], frame["width"]
    shape = (height, width) if name == "y" else (-(-height // 2), -(-width // 2))
    return np.frombuffer(base64.b64decode(frame[name]), np.uint8).reshape(shape)


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
