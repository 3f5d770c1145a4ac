"""An encoder must not change how the system schedules the process.

SVT-AV1, opened by root, puts the calling thread and its own into the real-time class at the
highest priority (SCHED_FIFO, 99), and all that is started afterwards inherits it. Two such
processes on two cores keep everything else waiting, and themselves for ever where one thread spins
for another.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

THREADS = Path("/proc/self/task")


@contextmanager
def own_priority() -> Iterator[None]:
    """Threads started inside, and the calling one, are scheduled afterwards as the calling one
    was before. Does nothing where the system has no such classes.
    """
    if not THREADS.is_dir():
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    before = _threads()
    try:
        yield
    finally:
        for thread in {0, *(_threads() - before)}:
            try:
                if os.sched_getscheduler(thread) != policy:
                    os.sched_setscheduler(thread, policy, parameters)
            except ProcessLookupError:  # it has ended meanwhile
                continue


def _threads() -> set[int]:
    return {int(each.name) for each in THREADS.iterdir()}
