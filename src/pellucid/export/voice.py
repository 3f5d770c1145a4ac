"""A voice network to a format: ONNX with explicit state, which it is already, or MNN.

Core ML's and TFLite's converters read torch modules, and models of voices are ONNX alone; ncnn's
converter says only some of them.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.audio.session import IN, OUT, Session
from pellucid.errors import ExportError
from pellucid.export.quiet import quiet
from pellucid.export.writing import digest_of, files_in, whole_folder

CARD = "card.json"
FRAMES = 50  # half a second; an error that the state carried on would have grown by then
MOST = 1e-3  # of what a network makes, at its largest; 9.5e-7 was measured
ONLY = (
    "{name}: {format} is for networks of pictures; those of voices go to onnx and mnn "
    "(docs/export.md says why)"
)


def export_voice(path: Path, format_: str, target: Path, overwrite: bool = False) -> dict[str, Any]:
    """Write the folder `target`: the network, and its card, which is returned.

    Raises ArtifactError for a file that is no voice network, ExportError for a format that
    cannot be had or came out wrong, MissingExtraError without the converter, MediaError when
    nothing can be written.
    """
    session = Session(path)
    if format_ not in FORMATS:
        raise ExportError(ONLY.format(name=session.card.name, format=format_))
    with whole_folder(target, overwrite) as folder:
        told = FORMATS[format_](path, session, folder)
        card = _card(session, path) | {"format": format_} | told | {"files": files_in(folder)}
        (folder / CARD).write_text(json.dumps(card, indent=1) + "\n")
    return card


def _to_onnx(path: Path, session: Session, folder: Path) -> dict[str, Any]:
    copy = folder / f"{session.card.name}.onnx"
    shutil.copyfile(path, copy)
    Session(copy)
    return {"same_bytes": True, "checked_with": "onnxruntime", "frames_a_call": "any"}


def _to_mnn(path: Path, session: Session, folder: Path) -> dict[str, Any]:
    """One frame a call: with more, MNN's GRU gets its shapes wrong."""
    from pellucid.export.to_mnn import MNN, call, from_onnx  # needs torch

    MNN.check_installed()
    made = folder / f"{session.card.name}.mnn"
    with quiet(), tempfile.TemporaryDirectory() as desk:
        source = Path(desk) / "net.onnx"
        shutil.copyfile(path, source)
        from_onnx(source, made)
        off = _difference(session, call(made, IN, OUT))
    if not off <= MOST:
        raise ExportError(
            f"mnn: not written, it is {off:.1e} of the largest value off ONNX Runtime"
        )
    return {
        "same_bytes": False,
        "largest_difference": off,
        "checked_with": f"MNN beside onnxruntime, {FRAMES} frames",
        "frames_a_call": 1,
    }


def _difference(session: Session, other: Callable[..., list[Any]]) -> float:
    """How far both drift apart in a stream of noise, each with its own state; 1 is the largest."""
    noise = np.random.default_rng(0)
    shape = (1, *session.frames_shape[1:])
    ours = theirs = session.start()
    largest = furthest = 0.0
    for _ in range(FRAMES):
        frame = (0.1 * noise.standard_normal(shape)).astype(np.float32)
        made, ours = session.run(frame, ours)
        told, theirs = other(frame, theirs)
        furthest = max(furthest, float(np.abs(made - told.reshape(made.shape)).max()))
        largest = max(largest, float(np.abs(made).max()))
        theirs = theirs.reshape(ours.shape).astype(np.float32)
    return furthest / largest


def _card(session: Session, path: Path) -> dict[str, Any]:
    card, state = session.card, session.start().shape
    frames = ", ".join(["T", *map(str, session.frames_shape[1:])])
    return {
        "name": card.name,
        "summary": card.summary,
        "model_sha256": digest_of(path),
        "licence": card.licence,
        "data": card.data,
        "data_licence": card.data_licence,
        "input": f'"{IN[0]}", float32 ({frames}); "{IN[1]}", float32 {state}, zeros at first',
        "output": f'"{OUT[0]}", float32; "{OUT[1]}", float32 {state}, for the next call',
        "parameters": card.parameters,
        "macs": card.macs,
        "macs_for": card.macs_for,
        "settings": card.settings,
    }


FORMATS = {"onnx": _to_onnx, "mnn": _to_mnn}
