"""A call over a bad network: what is lost is concealed, and no lag stays when it is over.

One call for each codec, both at once, through everything in turn; times are of the call itself.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from call.network.calls import Call, Heard
from call.network.link import Counts
from call.network.namespaces import Link, why_not
from call.network.peer import FPS
from pellucid.call.impairment import Conditions

WHY_NOT = why_not()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it can be had")
CODECS = ["video/VP8", "video/H264"]
GOOD = Conditions(delay_ms=20)
LOSSY = Conditions(loss=0.05, delay_ms=40, jitter_ms=20)
DEAD = Conditions(loss=1.0)
NARROW = Conditions(delay_ms=20, rate_kbps=300)
PHASES = (  # what the link does from the sender to the receiver, and for how many seconds
    ("start", GOOD, 4.0),
    ("good", GOOD, 4.0),
    ("lossy", LOSSY, 10.0),
    ("after lossy", GOOD, 8.0),
    ("dead", DEAD, 3.0),
    ("after dead", GOOD, 8.0),
    ("narrow", NARROW, 20.0),
    ("after narrow", GOOD, 8.0),
)
SOON = 5.0  # seconds after which a call is as it was
AS_BEFORE = 0.1  # seconds


@dataclass(frozen=True)
class Past:
    """A call that is over: when each phase began and ended, and what the link carried in it."""

    heard: Heard
    times: dict[str, tuple[float, float]]
    carried: dict[str, Counts]

    def settled(self, kind: str, phase: str) -> float:
        """Median age, in seconds, from `SOON` after a phase began."""
        first, last = self.times[phase]
        return self.heard.median(kind, first + SOON, last)


def through_everything(codec: str) -> Past:
    times, carried = {}, {}
    with Link(seed=1) as link:
        with Call(link, codec) as call:
            before = Counts()
            for name, conditions, seconds in PHASES:
                link.set(conditions)
                times[name] = (time.monotonic(), call.run(seconds))
                after, _ = link.counts()
                carried[name] = after - before
                before = after
        return Past(call.heard, times, carried)


@pytest.fixture(scope="module")
def pasts() -> dict[str, Past]:
    with ThreadPoolExecutor() as pool:
        return dict(zip(CODECS, pool.map(through_everything, CODECS), strict=True))


@pytest.fixture(params=CODECS)
def past(request: pytest.FixtureRequest, pasts: dict[str, Past]) -> Past:
    return pasts[request.param]


def test_nothing_goes_wrong_unseen(past: Past) -> None:
    assert past.heard.wrong == []
    assert set(past.heard.sizes) <= {"640x480", "320x240"}  # the sender may halve its pictures
    assert past.heard.stats["audio"]["undecodable"] == 0


def test_what_is_lost_is_concealed_and_said(past: Past) -> None:
    carried, times = past.carried["lossy"], past.times["lossy"]
    assert carried.lost / carried.packets == pytest.approx(0.05, abs=0.02)
    assert past.heard.concealed(*times) == pytest.approx(carried.lost / carried.packets, abs=0.04)
    assert past.heard.concealed(*past.times["good"]) < 0.02


def test_loss_and_jitter_make_no_growing_lag(past: Past) -> None:
    first, last = past.times["lossy"]
    middle = (first + last) / 2
    for kind, many in (("video", FPS), ("audio", 50)):
        came = past.heard.between(kind, first, last)
        assert len(came) > many * (last - first) / 3
        earlier = past.heard.median(kind, first, middle)
        assert past.heard.median(kind, middle, last) < earlier + AS_BEFORE


def test_pictures_go_on_through_a_bottleneck(past: Past) -> None:
    first, last = past.times["narrow"]
    settled = past.heard.between("video", first + SOON, last)
    assert len(settled) > 5 * (last - first - SOON)  # a second
    assert past.settled("video", "narrow") < past.heard.median("video", *past.times["good"]) + 0.3
    carried = past.carried["narrow"]
    assert carried.dropped < carried.arrived / 5
    assert 8 * carried.arrived_octets < 300_000 * (last - first + 0.5)


@pytest.mark.parametrize("phase", ["after lossy", "after dead", "after narrow"])
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_five_seconds_later_the_delay_is_as_it_was(past: Past, kind: str, phase: str) -> None:
    before = past.heard.median(kind, *past.times["good"])
    assert past.settled(kind, phase) < before + AS_BEFORE


def test_while_nothing_arrives_sound_is_made_up_and_fades(past: Past) -> None:
    first, last = past.times["dead"]
    dead = past.carried["dead"]
    assert dead.lost == dead.packets > 0  # what was under way before may still arrive
    assert not past.heard.between("video", first + 1, last)
    assert past.heard.concealed(first + 1, last) == 1
