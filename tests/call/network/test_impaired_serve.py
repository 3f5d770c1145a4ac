"""A browser calls `pellucid serve` over a bad network; afterwards pictures take no longer than
before, from the camera through network, server and network to the browser's own buffer.

What that buffer holds back is the browser's choice, and on a busy machine it grows without a bad
network too.
"""

from __future__ import annotations

from typing import Any

import pytest

from call.chromium import CHROMIUM
from call.network.namespaces import Link, why_not
from call.network.serving import age, held, served_call
from pellucid.call.impairment import Conditions

WHY_NOT = why_not() or ("" if CHROMIUM.exists() else "needs Debian's chromium")
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it can be had")
GOOD = Conditions(delay_ms=20)


def test_a_served_call_survives_loss_an_outage_and_a_bottleneck() -> None:
    with Link(seed=2) as link, served_call(link, "VP8") as watched:
        link.set(GOOD)
        watched.during(3)
        before = way(watched.during(3))
        link.set(Conditions(loss=0.05, delay_ms=40, jitter_ms=20))
        lossy = watched.during(6)
        assert lossy[1]["frames"] > lossy[0]["frames"] + 20
        concealed = lossy[1]["stats"]["voice"]["concealed"]
        assert 0 < concealed < 0.1
        link.set(Conditions(loss=1))
        watched.during(3)
        link.set(GOOD)
        watched.during(5)
        assert way(watched.during(3)) < before + 0.1
        link.set(Conditions(delay_ms=20, rate_kbps=300))
        narrow = watched.during(8)
        assert narrow[1]["frames"] > narrow[0]["frames"]
        link.set(GOOD)
        watched.during(5)
        assert way(watched.during(3)) < before + 0.1
        assert watched.call.state()["errors"] == []


def way(between: tuple[dict[str, Any], dict[str, Any]]) -> float:
    """Seconds that pictures took, without what the browser held them back."""
    return age(between) - held(between)
