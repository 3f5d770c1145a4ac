"""Who sends large pictures slows down himself, and not the others."""

from __future__ import annotations

import threading

import pytest

from pellucid.call.comparison import Comparison
from pellucid.call.share import JUST_NOW, Share
from pellucid.errors import FrameError
from pellucid.frames import VideoFrame
from pellucid.video.upscale import Upscaler
from video.networks import noise

BUDGET = 20.0


class Caller:
    """Pictures of one call, on a clock of the test: each takes as long as is told."""

    def __init__(self, share: Share, milliseconds: float) -> None:
        self._now, self._takes = 0.0, milliseconds / 1000
        upscaler = Upscaler("clean", threads=1, budget_ms=BUDGET, clock=self._clock)
        models = {"clean": upscaler}
        self._comparison = Comparison(models, budget_ms=lambda: share.of(self, self.at))
        self.at = 0.0

    def ways(self, frames: int) -> dict[str, int]:
        """Of the next pictures, how many each model made."""
        before = self._comparison.stats.ways.copy()
        for number in range(frames):
            self.at += 1 / 30
            self._comparison.push(VideoFrame(noise(4, 4, number), None, None))
        return dict(self._comparison.stats.ways - before)

    def _clock(self) -> float:
        """Read as a picture begins and as it ends; the smaller model takes a fifth."""
        smaller = self._comparison.stats.reason == "over_budget"
        self._now += self._takes / 5 if smaller else self._takes
        return self._now


def test_alone_a_call_has_all_of_it() -> None:
    share = Share(BUDGET)
    assert {share.of("one", second / 10) for second in range(100)} == {BUDGET}


def test_calls_that_enlarge_share_alike_and_others_have_nothing() -> None:
    share = Share(BUDGET)
    assert share.of("one", 0.0) == BUDGET
    assert share.of("two", 0.1) == share.of("one", 0.2) == BUDGET / 2
    assert share.of("three", 0.3) == pytest.approx(BUDGET / 3)
    assert share.of("one", 0.3 + JUST_NOW) == BUDGET


def test_it_may_be_asked_from_any_thread() -> None:
    share, given = Share(BUDGET), []

    def ask(call: int) -> None:
        given.extend(share.of(call, 0.0) for _ in range(200))

    threads = [threading.Thread(target=ask, args=(call,)) for call in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 1600
    assert {share.of(call, 0.0) for call in range(8)} == {BUDGET / 8}


def test_only_whose_pictures_are_large_gets_the_smaller_model() -> None:
    share = Share(BUDGET)
    heavy, light = Caller(share, 16), Caller(share, 4)
    assert heavy.ways(30) == {"clean": 30}
    light.at = heavy.at
    turns = [(heavy.ways(1), light.ways(1)) for _ in range(30)]
    assert all(ways == {"clean": 1} for _, ways in turns)
    assert sum(ways.get("clean", 0) for ways, _ in turns) <= 1
    heavy.at += JUST_NOW
    assert heavy.ways(30)["clean"] > 0


def test_a_budget_is_set_only_where_there_is_one() -> None:
    upscaler = Upscaler("lite", threads=1)
    assert upscaler.budget_ms is None
    with pytest.raises(FrameError, match="budget_ms: expected an Upscaler that was made with one"):
        upscaler.budget_ms = 3.0
    upscaler = Upscaler("lite", threads=1, budget_ms=5.0)
    upscaler.budget_ms = 3.0
    assert upscaler.budget_ms == 3.0
    with pytest.raises(FrameError, match="budget_ms: expected more than 0, got 0"):
        upscaler.budget_ms = 0
