"""Memory that calls held, given back to the system.

Each call computes in threads of its own, and glibc gives threads heaps of their own, up to eight a
core, which keep what was freed in them: after thirty seconds of ten callers at once 100 to 170 MB
more than before. No leak, but it looks like one and nobody else can use it.
"""

from __future__ import annotations

import ctypes
import gc

HEAPS = 2
M_ARENA_MAX = -8  # glibc's number for how many heaps there may be, in malloc.h


def share_heaps() -> None:
    """Let all threads that are still to come share two heaps; for the start of a server."""
    _glibc("mallopt", M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Takes up to a tenth of a second, in which nothing else runs: for when nobody calls."""
    gc.collect()
    _glibc("malloc_trim", 0)


def _glibc(name: str, *numbers: int) -> None:
    """Call what glibc has and others do not need."""
    function = getattr(ctypes.CDLL(None), name, None)
    if function:
        function(*numbers)
