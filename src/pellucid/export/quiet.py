"""Converters talk at length on both outputs, and warn; what they say is kept off the terminal."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing that the block, its libraries or its child processes print is shown."""
    with (
        Path(os.devnull).open("w") as nowhere,
        _descriptors_to(nowhere.fileno()),
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
        _no_logs(),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _descriptors_to(nowhere: int) -> Iterator[None]:
    """For what C libraries and other processes write."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    try:
        for number in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        ctypes.CDLL(None).fflush(None)  # what C libraries hold back would come out later
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)


@contextmanager
def _no_logs() -> Iterator[None]:
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
