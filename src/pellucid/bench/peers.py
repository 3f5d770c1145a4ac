"""Other people's networks as methods, from ONNX files that the user has; none ship with us."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from pellucid.bench import ycbcr
from pellucid.bench.methods import ColourMethod, LumaMethod, Method
from pellucid.bench.ycbcr import Rgb
from pellucid.errors import ArtifactError, MissingExtraError
from pellucid.frames import Plane

Io = Literal["y", "rgb"]
Floats = npt.NDArray[np.float32]
Run = Callable[[Floats], Floats]  # (1, C, H, W) to (1, C, 2H, 2W), on the peer's own scale


@dataclass(frozen=True)
class PeerCard:
    """What a peer's meta.json says.

    io: "y" (one luma plane) or "rgb". range: white, 1.0 or 255.0. multiple: what height and
    width must divide by; the picture is padded to it. macs: multiply-accumulates for one 480x360
    picture, from "gmacs_480x360"; None where the file does not say. Raises ArtifactError.
    """

    name: str
    io: Io
    range: float
    multiple: int
    macs: int | None = None

    def __post_init__(self) -> None:
        """Check once."""
        if self.io not in get_args(Io):
            raise ArtifactError(f"{self.name}: io: expected y or rgb, got {self.io!r}")
        if self.range not in (1.0, 255.0) or self.multiple < 1:
            raise ArtifactError(
                f"{self.name}: expected range 1.0 or 255.0 and multiple 1 or more, "
                f"got {self.range} and {self.multiple}"
            )


def find_peers(folder: Path) -> tuple[Path, ...]:
    """The folders in `folder` that hold a model.onnx and a meta.json, by name."""
    return tuple(sorted(path.parent for path in folder.glob("*/model.onnx") if _card_path(path)))


def load_peer(folder: Path, threads: int = 1) -> Method:
    """The network in `folder` (model.onnx, meta.json) as a method, named after the folder.

    A luma peer is given limited-range luma as it is, an RGB peer the picture. threads: that the
    runtime may use. Raises MissingExtraError without onnxruntime, ArtifactError for bad files.
    """
    card = read_card(folder)
    run = _session(folder / "model.onnx", threads)
    if card.io == "y":
        return LumaMethod(
            card.name, lambda picture: _through(run, card, picture[None])[0], card.macs
        )
    return ColourMethod(card.name, lambda picture: _rgb_through(run, card, picture), card.macs)


def read_card(folder: Path) -> PeerCard:
    """Read meta.json. Raises ArtifactError."""
    path = folder / "meta.json"
    try:
        said: dict[str, Any] = json.loads(path.read_text())
        macs = round(float(said["gmacs_480x360"]) * 1e9) if "gmacs_480x360" in said else None
        return PeerCard(folder.name, said["io"], float(said["range"]), int(said["multiple"]), macs)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path}: not a peer's card ({error})") from error


def _rgb_through(run: Run, card: PeerCard, picture: Rgb) -> Rgb:
    return np.moveaxis(_through(run, card, np.moveaxis(picture, -1, 0)), 0, -1)


def _through(run: Run, card: PeerCard, planes: Plane) -> Plane:
    """uint8 (C, H, W) to uint8 (C, 2H, 2W)."""
    _, height, width = planes.shape
    rows, columns = (-size % card.multiple for size in (height, width))
    padded = np.pad(planes, ((0, 0), (0, rows), (0, columns)), mode="edge")
    made = run((padded[None] * np.float32(card.range / 255)).astype(np.float32))[0]
    return ycbcr.to_bytes(made[:, : 2 * height, : 2 * width] * (255 / card.range))


def _session(path: Path, threads: int) -> Run:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError('peers need onnxruntime: pip install "pellucid[bench]"') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own errors share no root but Exception
        raise ArtifactError(f"{path}: no ONNX model that onnxruntime runs ({error})") from error
    name = session.get_inputs()[0].name
    return lambda planes: np.asarray(session.run(None, {name: planes})[0], np.float32)


def _card_path(model: Path) -> bool:
    return model.with_name("meta.json").is_file()
