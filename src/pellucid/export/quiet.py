"""Converters talk at length on both outputs, and warn; what they say is kept off the terminal."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing that the block, its libraries or its child processes print is shown."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(number) for number in (1, 2)]
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with tempfile.TemporaryFile() as nowhere, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number in (1, 2):
                os.dup2(nowhere.fileno(), number)
            yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        ctypes.CDLL(None).fflush(None)  # what C libraries hold back would come out later
        logging.disable(level)
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)
