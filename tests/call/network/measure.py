"""Prints what a bad network does to calls: through aiortc's peers, and from Chromium through
`pellucid serve` back to Chromium. Numbers depend on what else runs, so the load is printed too.

    PYTHONPATH=tests python -m call.network.measure [--plain] [--browser] [VP8] [H264]

--plain: with aiortc's own sender and receiver of pictures, for comparison; peers only. --browser:
only Chromium's calls. A codec's name: only that one.
"""

from __future__ import annotations

import os
import sys
import time

from call.chromium import CHROMIUM
from call.network.calls import Call
from call.network.link import Counts
from call.network.namespaces import Link, why_not
from call.network.serving import age, fps, held, served_call
from pellucid.call.impairment import Conditions

GOOD = Conditions(delay_ms=20)
PHASES = (
    ("good", GOOD, 5.0),
    ("5 % lost, 40 ± 20 ms", Conditions(loss=0.05, delay_ms=40, jitter_ms=20), 10.0),
    ("after, from 5 s on", GOOD, 8.0),
    ("all lost", Conditions(loss=1), 3.0),
    ("after, from 5 s on", GOOD, 8.0),
    ("300 kbit/s", Conditions(delay_ms=20, rate_kbps=300), 20.0),
    ("after, from 5 s on", GOOD, 8.0),
)
CODECS = ("VP8", "H264")
SETTLING = 5.0  # seconds of the last phases that are left out


def peers(codec: str) -> None:
    """One call of aiortc's peers, 320x240 at 25 pictures a second."""
    times = []
    with Link(seed=1) as link, Call(link, codec) as call:
        link.set(GOOD)
        call.run(4)
        before, _ = link.counts()
        for _, conditions, seconds in PHASES:
            link.set(conditions)
            start, end = time.monotonic(), call.run(seconds)
            after, _ = link.counts()
            times.append((start, end, after - before))
            before = after
    print(f"\naiortc to aiortc, {codec}; load {os.getloadavg()[0]:.1f}")
    for (name, _, _), (start, end, carried) in zip(PHASES, times, strict=True):
        start += SETTLING if name.startswith("after") else 0
        ages = [1000 * call.heard.median(kind, start, end) for kind in ("video", "audio")]
        rate = len(call.heard.between("video", start, end)) / (end - start)
        share = call.heard.concealed(start, end)
        print(
            f"{name:22} pictures {rate:5.1f}/s {ages[0]:6.0f} ms   sound {ages[1]:6.0f} ms"
            f"   concealed {100 * share:5.1f} %   lost {of(carried):5.1f} %"
        )


def of(carried: Counts) -> float:
    """Percent of a direction's packets that did not arrive."""
    return 100 * (carried.lost + carried.dropped) / max(carried.packets, 1)


def browser(codec: str) -> None:
    """One call from Chromium through the server and back, 480x360 there and 960x720 back."""
    print(f"\nChromium to server to Chromium, {codec}")
    with Link(seed=2) as link, served_call(link, codec) as watched:
        link.set(GOOD)
        watched.during(5)
        for name, conditions, seconds in PHASES:
            link.set(conditions)
            late = SETTLING if name.startswith("after") else 0
            watched.during(late)
            seen = watched.during(seconds - late)
            state, old = seen[1], age(seen)
            video, voice = state["stats"]["video"], state["stats"]["voice"]
            print(
                f"{name:22} shown {fps(seen):5.1f}/s  server {video['fps_out']:5.1f}/s"
                f"  {1000 * old:6.0f} ms, of these {1000 * held(seen):4.0f} in the browser's buffer"
                f"  {state['width']}x{state['height']}  {video['kbps_out']:5.0f} kbit/s back,"
                f" {video['kbps_in']:5.0f} there, {video['fps_in']:4.1f} pictures/s"
                f"  concealed {100 * voice['concealed']:4.1f} % of all so far"
                f"  load {os.getloadavg()[0]:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    if why_not():
        sys.exit(why_not())
    if "--plain" in sys.argv:
        os.environ["PLAIN_AIORTC"] = "1"
    for codec in [one for one in CODECS if one in sys.argv] or CODECS:
        if "--browser" not in sys.argv:
            peers(f"video/{codec}")
        if CHROMIUM.exists() and "--plain" not in sys.argv:
            browser(codec)
