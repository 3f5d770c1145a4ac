"""Time for pictures, shared alike by the calls that enlarge some just now.

Who calls and sends no pictures, or lets the browser enlarge them, takes none of it.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable

JUST_NOW = 1.0  # seconds since a call's latest picture


class Share:
    """For one server; may be asked from any thread. budget_ms: of a frame where one call is alone.

    So pictures take that much of every 33 ms, at thirty a second, however many call: the rest is
    left for decoding and coding them.
    """

    def __init__(self, budget_ms: float) -> None:
        self._budget_ms = budget_ms
        self._lock = threading.Lock()
        self._latest: dict[Hashable, float] = {}  # of calls, when they last enlarged

    def of(self, call: Hashable, now: float) -> float:
        """ms that the picture may take that a call enlarges at `now` seconds."""
        with self._lock:
            self._latest[call] = now
            self._latest = {one: at for one, at in self._latest.items() if now - at < JUST_NOW}
            return self._budget_ms / len(self._latest)
