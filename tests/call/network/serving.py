"""Chromium on side 0 of a link, `pellucid serve` on side 1, and what the page says of its call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from call.chromium import Calling, calling, server
from call.network.namespaces import ADDRESSES, Link

CALLS, SERVES = 0, 1  # sides of the link


@dataclass(frozen=True)
class Watched:
    """A call, and states of it. Times are the page's own, in milliseconds."""

    call: Calling

    def during(self, seconds: float) -> tuple[dict[str, Any], dict[str, Any]]:
        """The states before and after a while."""
        before = self.call.state()
        time.sleep(seconds)
        return before, self.call.state()


def age(between: tuple[dict[str, Any], dict[str, Any]]) -> float:
    """Median age in seconds of pictures shown in that time; infinite where there were none."""
    first, last = between[0]["now"], between[1]["now"]
    ages = [old for at, old in between[1]["ages"] if first <= at <= last]
    return median(ages or [float("inf")]) / 1000


def held(between: tuple[dict[str, Any], dict[str, Any]]) -> float:
    """Mean seconds that the browser's own buffer held back pictures in that time."""
    before, after = between
    left = after["left"] - before["left"]
    return float(after["held"] - before["held"]) / left if left else float("inf")


def fps(between: tuple[dict[str, Any], dict[str, Any]]) -> float:
    """Pictures decoded in a second."""
    before, after = between
    return 1000 * (after["frames"] - before["frames"]) / (after["now"] - before["now"])


@contextmanager
def served_call(link: Link, codec: str) -> Iterator[Watched]:
    """A call whose pictures carry the time, once enhanced ones come."""
    options = ("--host", ADDRESSES[SERVES], "--token", "of-this-test")
    with (
        server(*options, words=lambda *words: link.words(SERVES, *words)) as (address, _),
        calling(address, link.words(CALLS), codec=codec, marked=True) as call,
    ):
        call.until(lambda now: now["width"] == 960 and now["ages"])
        yield Watched(call)
