"""What became of a file that was to be enhanced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What became of one file; a sound file has no size and no frames.

    frames: pictures written. concealed: of these, shown damaged or repeated. lost: damaged ones
    before the first good one. rescaled: frames that came in another size than the first.
    warnings: sentences for a person.
    """

    source: Path
    target: Path
    width: int
    height: int
    frames: int
    concealed: int = 0
    lost: int = 0
    rescaled: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """A file of a folder that could not be enhanced, and why."""

    source: Path
    reason: str


@dataclass(frozen=True)
class Skipped:
    """A file of a folder whose target exists already."""

    source: Path
    target: Path
