"""Every error Pellucid raises, drawn as a tree.

    PellucidError
    ├── MediaError (OSError)             a file cannot be read, written or understood
    │   └── UnsupportedMediaError        understood, and refused: we would get it wrong
    ├── ArtifactError (ValueError)       a model file is damaged, foreign or too new
    ├── FrameError (ValueError)          an array or frame has the wrong shape, type or range
    ├── RecipeError (ValueError)         a recipe names an unknown key or an impossible value
    ├── StreamClosed (RuntimeError)      push() came after flush()
    ├── CallError (RuntimeError)         somebody in a call is refused, or is not there
    ├── ExportError (RuntimeError)       a format cannot hold a network, or changed what it makes
    └── MissingExtraError (ImportError)  an optional part of Pellucid is not installed

Each is a `PellucidError` and the fitting builtin, so `except OSError` works as expected.
"""

from __future__ import annotations


class PellucidError(Exception):
    """The root: catch this to catch everything Pellucid raises on purpose."""

    def __str__(self) -> str:
        """Return the message alone; OSError would otherwise prefix an errno tuple."""
        return " ".join(str(part) for part in self.args)


class MediaError(PellucidError, OSError):
    """A media file is missing, damaged, cannot be written, or holds nothing to work on."""


class UnsupportedMediaError(MediaError):
    """The file is fine, but Pellucid would not get it right and says so instead."""


class ArtifactError(PellucidError, ValueError):
    """A model file is damaged, foreign, or of a format this version does not read."""


class FrameError(PellucidError, ValueError):
    """A frame or array has the wrong shape, dtype or range."""


class RecipeError(PellucidError, ValueError):
    """A recipe has an unknown key, a missing key or an impossible value."""


class StreamClosed(PellucidError, RuntimeError):
    """A stage was pushed to after its stream had been flushed."""


class CallError(PellucidError, RuntimeError):
    """A caller asked for what is not understood or not allowed, or the other end is not there.

    reason: the same for programs, such as "malformed_sdp".
    """

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class ExportError(PellucidError, RuntimeError):
    """A format cannot hold a network, or what it makes there is too far from the reference."""


class MissingExtraError(PellucidError, ImportError):
    """A part of Pellucid that is installed on request is missing; the message says how."""
