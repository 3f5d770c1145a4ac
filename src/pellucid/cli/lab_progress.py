"""How far an experiment of several parts is, on a terminal and elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Parts:
    """One bar over all parts with the time left, on a terminal; elsewhere a line a part.

    work: by part, about how long it takes beside the others.
    """

    def __init__(self, work: Mapping[str, float]) -> None:
        self._work, self._begun = work, time.monotonic()
        columns = (
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"),
            TimeRemainingColumn(),
        )  # fmt: skip
        console = Console(stderr=True)
        self._plain = not console.is_terminal
        # Parts come minutes apart: the usual half a minute would know no speed.
        self._bar = Progress(
            *columns, console=console, transient=True, disable=self._plain,
            speed_estimate_period=600,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=sum(work.values()))
        self._done = 0.0

    def __enter__(self) -> Parts:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def __call__(self, part: str, share: float) -> None:
        """So much of a part is done, 0..1; 1 comes once."""
        so_far = self._done + share * self._work[part]
        self._bar.update(self._task, completed=so_far, description=part)
        if share == 1:
            self._done = so_far
            left = (sum(self._work.values()) / so_far - 1) * (time.monotonic() - self._begun)
            if self._plain:
                click.echo(f"{part}: done; about {left:.0f} s left", err=True)
