"""Half a minute of callers of all kinds, ten at once; then the server holds what it held before.

`python -m call.network.soak` does it for longer.
"""

from __future__ import annotations

import os

from call.network.soak import run

POOL = min(32, (os.cpu_count() or 1) + 4)  # threads that asyncio keeps for work once it had some
MORE_MB = 60  # that may be left of what the allocator keeps; a leak of one call's model is less


def test_callers_come_and_go_and_nothing_stays() -> None:
    made = run(20, seed=1)
    assert made.failures == []
    assert sum(made.done.values()) > 15
    assert made.most["calls"] > 2
    assert made.after["calls"] == 0
    assert made.after["tasks"] <= made.before["tasks"], (made.before, made.after)
    assert made.after["threads"] <= max(made.before["threads"], 1 + POOL)
    assert made.after["MB"] <= made.before["MB"] + MORE_MB
