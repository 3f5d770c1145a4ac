"""Ctrl-C, SIGTERM and SIGHUP unwind the program, so that nothing half-written is left."""

from __future__ import annotations

import signal
from types import FrameType

# Windows has no SIGHUP.
SIGNALS = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n)]

_received: list[int] = []


class Interrupted(BaseException):
    """A signal arrived. status: what the shell expects the program to end with."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 130 if number == signal.SIGINT else 143


def install() -> None:
    """From now on these signals raise Interrupted wherever the program is."""
    for number in SIGNALS:
        signal.signal(number, _receive)


def check() -> None:
    """Raise Interrupted if a signal came before: called for each frame.

    An exception that is raised inside of a callback from C, such as FFmpeg's writing, can get
    lost on its way; then the next frame raises it again.
    """
    if _received:
        raise Interrupted(_received[0])


def _receive(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    raise Interrupted(number)
