"""A video network to a format: the level that was chosen, converted, checked, with a card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pellucid.artifact import Card
from pellucid.errors import ExportError, PellucidError
from pellucid.export import check, samples
from pellucid.export.formats import Format, Size
from pellucid.export.quiet import quiet
from pellucid.export.to_coreml import COREML
from pellucid.export.to_mnn import MNN
from pellucid.export.to_ncnn import NCNN
from pellucid.export.to_onnx import ONNX
from pellucid.export.to_tflite import TFLITE
from pellucid.export.writing import files_in, whole_folder
from pellucid.video.integer import IntegerNetwork, Network

FORMATS = {each.name: each for each in (ONNX, TFLITE, COREML, NCNN, MNN)}
CARD = "card.json"


@dataclass(frozen=True)
class Job:
    """What to export, and where to.

    digest: sha256 of the model file. level: of a gated network; None takes the one that an
    ordinary call gets. size: (height, width) of the pictures.
    """

    network: Network
    card: Card
    digest: str
    format: Format
    size: Size
    level: int | None = None


def export_video(job: Job, target: Path, overwrite: bool = False) -> dict[str, Any]:
    """Write the folder `target`; returns its card.

    Raises ExportError when the format cannot hold the network, or it came out too far from the
    reference; MissingExtraError without the converter; MediaError when nothing can be written.
    """
    job.format.check_installed()
    level = choose_level(job)
    network = job.network.networks[level]
    with whole_folder(target, overwrite) as folder:
        found = _convert(job, network, folder)
        card = _card(job, level, found, folder)
        (folder / CARD).write_text(json.dumps(card, indent=1) + "\n")
    return card


def choose_level(job: Job) -> int:
    """The level asked for, or an ordinary call's. Raises ExportError for one that is not there."""
    levels = len(job.network.networks)
    if job.level is None:
        return samples.ordinary_level(job.network)
    if not 0 <= job.level < levels:
        raise ExportError(f"level: expected 0 to {levels - 1} for {job.card.name}, got {job.level}")
    return job.level


def _convert(job: Job, network: IntegerNetwork, folder: Path) -> check.Difference:
    try:
        with quiet():
            paths = job.format.convert(network, job.size, folder, job.card.name)
            return check.difference(network, job.format, paths, job.size)
    except (PellucidError, OSError):
        raise
    except Exception as error:  # converters and runtimes have errors of all kinds
        reason = (str(error).strip().splitlines() or [""])[0]
        message = f"{job.format.name}: cannot be made ({type(error).__name__}: {reason})"
        raise ExportError(message) from error


def _card(job: Job, level: int, found: check.Difference, folder: Path) -> dict[str, Any]:
    height, width = job.size
    return {
        "name": job.card.name,
        "summary": job.card.summary,
        "format": job.format.name,
        "model_sha256": job.digest,
        "level": level,
        "levels": len(job.network.networks),
        "licence": job.card.licence,
        "data": job.card.data,
        "data_licence": job.card.data_licence,
        "input": job.format.picture,
        "output": job.format.enlarged,
        "size": "any" if job.format.any_size else f"{width}x{height}",
        "parameters": job.network.networks[level].parameters,
        "macs": job.network.macs(height, width),
        "macs_for": f"one {width}x{height} picture",
        "same_bytes": job.format.exact,
        "largest_difference": found.largest,
        "psnr_to_reference": found.psnr,
        "checked_with": job.format.checked_with,
        "files": files_in(folder),
    }
