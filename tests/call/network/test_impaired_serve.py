"""A browser calls `pellucid serve` over a bad network; five seconds afterwards pictures take no
longer than before, from the camera through network, server and network to the screen.

The browser's own buffer is counted where packets were lost. After a bottleneck it is not: it holds
pictures back for as long as it may, and how soon that is gone differs from run to run.
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


LONGER = 0.1  # seconds that are allowed


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_served_call_survives_loss_an_outage_and_a_bottleneck(codec: str) -> None:
    with Link(seed=2) as link, served_call(link, codec) as watched:
        link.set(GOOD)
        watched.during(3)
        before = watched.during(3)
        link.set(Conditions(loss=0.05, delay_ms=40, jitter_ms=20))
        lossy = watched.during(6)
        assert lossy[1]["frames"] > lossy[0]["frames"] + 20
        concealed = lossy[1]["stats"]["voice"]["concealed"]
        assert 0 < concealed < 0.1
        link.set(Conditions(loss=1))
        watched.during(3)
        link.set(GOOD)
        watched.during(5)
        assert age(watched.during(3)) < age(before) + LONGER
        link.set(Conditions(delay_ms=20, rate_kbps=300))
        narrow = watched.during(20)
        assert narrow[1]["frames"] > narrow[0]["frames"] + 100
        link.set(GOOD)
        watched.during(5)
        assert way(watched.during(3)) < way(before) + LONGER
        assert watched.call.state()["errors"] == []


def way(between: tuple[dict[str, Any], dict[str, Any]]) -> float:
    """Seconds that pictures took, without what the browser held them back."""
    return age(between) - held(between)
