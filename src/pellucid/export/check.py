"""How far an export is from the reference, and how far it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pellucid.errors import ExportError
from pellucid.export import samples
from pellucid.export.formats import Format, Grey, Size
from pellucid.video.integer import IntegerNetwork, Luma, reference

# The integer network rounds after each layer and floats do not: on our sample that is worth 2 or 3
# levels of grey at most, and 56.2 to 58.2 dB. More is a fault.
MOST_LEVELS, LEAST_PSNR = 4, 50.0
ODD: Size = (33, 47)


@dataclass(frozen=True)
class Difference:
    """From the reference, in levels of grey of 0..255.

    largest: once both are whole numbers. psnr: in dB, as they are; None where all is equal.
    """

    largest: int
    psnr: float | None


def difference(
    network: IntegerNetwork, format_: Format, paths: list[Path], size: Size
) -> Difference:
    """Run what was written, and compare. Raises ExportError past the bounds."""
    errors = []
    for luma in _pictures(format_, size):
        truth = reference(network, luma)
        made = format_.run(paths, luma)
        if made.shape != truth.shape:
            raise ExportError(f"{format_.name}: expected {truth.shape}, got {made.shape}")
        errors.append((made, truth.astype(np.float32)))
    found = _measured(errors)
    _refuse(format_, found)
    return found


def _pictures(format_: Format, size: Size) -> list[Luma]:
    """A picture of a call; for the exact, of an odd size as well, and noise that saturates."""
    pictures = [samples.picture(size)]
    if format_.any_size:
        noise = np.random.default_rng(0).integers(0, 256, ODD[::-1], np.uint8)
        pictures += [samples.picture(ODD), noise]
    return pictures


def _measured(pairs: Sequence[tuple[Grey, Grey]]) -> Difference:
    largest = max(float(np.abs(np.floor(made + 0.5) - truth).max()) for made, truth in pairs)
    squares = np.concatenate([((made - truth) ** 2).ravel() for made, truth in pairs])
    mean = float(squares.mean(dtype=np.float64))
    if not np.isfinite(mean):
        raise ExportError("the export makes numbers that are none")
    return Difference(int(largest), round(10 * np.log10(255**2 / mean), 2) if mean else None)


def _refuse(format_: Format, found: Difference) -> None:
    most, least = (0, np.inf) if format_.exact else (MOST_LEVELS, LEAST_PSNR)
    if found.largest > most or (found.psnr or np.inf) < least:
        raise ExportError(
            f"{format_.name}: not written, it is up to {found.largest} levels of grey off the "
            f"reference ({found.psnr} dB), and {most} are allowed"
        )
