"""A call over an impaired link: a sender on side 0, a receiver on side 1, each its own process.

with Link(seed=1) as link, Call(link, "video/VP8") as call:
    call.run(5)
    link.set(Conditions(rate_kbps=300), way=0)
    call.run(20)
call.heard.median("video", first, last)
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from call.network.namespaces import TESTS, Link

SENDS, RECEIVES = 0, 1  # sides of the link


@dataclass(frozen=True)
class Heard:
    """What the receiver tells: `ages` by kind, (seconds of the monotonic clock, seconds old)."""

    ages: dict[str, list[tuple[float, float]]]
    unread: dict[str, int]
    sizes: dict[str, int]
    stats: dict[str, Any]
    counted: list[tuple[float, int, int]]
    wrong: list[str]

    def concealed(self, first: float, last: float) -> float:
        """Share of the sound that was made up in that time, by the track's own count; 0 to 1."""
        known = [one for one in self.counted if first <= one[0] < last]
        (_, began, heard), (_, ended, all_heard) = known[0], known[-1]
        return (ended - began) / (all_heard - heard)

    def between(self, kind: str, first: float, last: float) -> list[float]:
        """How old things were that came in that time."""
        return [age for at, age in self.ages[kind] if first <= at < last]

    def median(self, kind: str, first: float, last: float) -> float:
        """Seconds; infinite where nothing came."""
        return median(self.between(kind, first, last) or [float("inf")])

    def longest_gap(self, kind: str, first: float, last: float) -> float:
        """Seconds without anything that can be read, at most."""
        times = [first, *(at for at, _ in self.ages[kind] if first <= at < last), last]
        return max(later - earlier for earlier, later in itertools.pairwise(times))


class Call:
    """Connected while it is entered; `heard` is there afterwards."""

    def __init__(self, link: Link, codec: str, servers: list[dict[str, str]] | None = None) -> None:
        self.heard: Heard
        self.described: list[str] = []  # offer and answer
        self._peers = [
            subprocess.Popen(
                link.words(side, sys.executable, "-m", "call.network.peer", *words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=TESTS,
            )
            for side, words in ((SENDS, ("send", codec)), (RECEIVES, ("receive",)))
        ]
        self._servers = servers or []

    def __enter__(self) -> Call:
        try:
            sender, receiver = self._peers
            for peer in self._peers:
                told(peer, self._servers)
            for one, other in ((sender, receiver), (receiver, sender)):
                description = said(one)
                self.described.append(description["sdp"])
                told(other, description)
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self._kill()
            return
        sender, receiver = self._peers
        end, _ = receiver.communicate()
        sender.communicate()
        assert [peer.returncode for peer in self._peers] == [0, 0]
        self.heard = heard(json.loads(end))

    def run(self, seconds: float) -> float:
        """Let it go on; the time now."""
        time.sleep(seconds)
        assert [peer.poll() for peer in self._peers] == [None, None], "a peer ended"
        return time.monotonic()

    def _kill(self) -> None:
        for peer in self._peers:
            peer.kill()
            peer.communicate()


def heard(words: dict[str, Any]) -> Heard:
    kinds = ("video", "audio")
    return Heard(
        ages={kind: [tuple(one) for one in words[kind]["known"]] for kind in kinds},
        unread={kind: words[kind]["unread"] for kind in kinds},
        sizes=words["video"]["sizes"],
        stats=words["stats"],
        counted=[tuple(one) for one in words["counted"]],
        wrong=words["wrong"] + words["ended"],
    )


def told(peer: subprocess.Popen[str], words: object) -> None:
    assert peer.stdin is not None
    peer.stdin.write(json.dumps(words) + "\n")
    peer.stdin.flush()


def said(peer: subprocess.Popen[str]) -> dict[str, str]:
    assert peer.stdout is not None
    line = peer.stdout.readline()
    assert line, "a peer ended before it was connected"
    answer: dict[str, str] = json.loads(line)
    return answer
