"""Times all in turn, round by round, so that whatever else the machine does meets them alike."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence

from pellucid.lab.blocks.outcome import Measured, Run
from pellucid.lab.blocks.problem import Timed, blocks, windows


def measure(rounds: int) -> Run:
    """Blocks and windows, each in `rounds` rounds after one that nobody times."""
    before = os.getloadavg()[0]
    return Run(
        _together(blocks(), rounds), _together(windows(), rounds), (before, os.getloadavg()[0])
    )


def _together(timed: Sequence[Timed], rounds: int) -> tuple[Measured, ...]:
    """ratio: to the first, of the same round; its median hides what one round met."""
    for one in timed:
        one.run()
    table = [[_milliseconds(one) for one in timed] for _ in range(rounds)]
    columns = zip(*table, strict=True)
    return tuple(
        Measured(
            name=one.name, macs=one.macs, parameters=one.parameters,
            milliseconds=statistics.median(column), least=min(column),
            ratio=statistics.median(own / row[0] for own, row in zip(column, table, strict=True)),
        )
        for one, column in zip(timed, columns, strict=True)
    )  # fmt: skip


def _milliseconds(one: Timed) -> float:
    start = time.perf_counter()
    one.run()
    return 1000 * (time.perf_counter() - start)
