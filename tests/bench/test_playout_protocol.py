"""The playout protocol: links are what they say, and both buffers are counted alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import pellucid
from pellucid.bench.links import EVENT, LINKS, OUTAGE, PACKET, one_lost, rough, steady, wifi
from pellucid.bench.playout import PEER, AiortcListener, OurListener, code, judge, listen

COUNT = round(25 / PACKET)


def test_links_lose_and_hold_back_what_they_say() -> None:
    lost = {name: sum(at is None for at in link(COUNT, 1)) for name, link in LINKS.items()}
    assert lost["nothing lost"] == lost["2 s held back"] == 0
    assert (lost["1 packet lost"], lost["5 packets lost"]) == (1, 5)
    assert lost["2 s lost"] == OUTAGE / PACKET
    shaken = [at - n * PACKET for n, at in enumerate(rough(COUNT, 1)) if at is not None]
    assert 0.02 <= min(shaken) < 0.025
    assert 0.055 < max(shaken) <= 0.06
    stalled = [at - n * PACKET for n, at in enumerate(wifi(COUNT, 1)) if at is not None]
    assert 0.1 < max(stalled) <= 0.3
    for link in LINKS.values():
        assert list(link(COUNT, 3)) == list(link(COUNT, 3))


def test_one_lost_packet_costs_us_one_and_aiortc_many() -> None:
    arrivals = one_lost(COUNT, 0)
    ours = judge("", "", 0, arrivals, listen(OurListener(), arrivals))
    theirs = judge("", "", 0, arrivals, listen(AiortcListener(list(code(0.1))), arrivals))
    assert (ours.gaps, ours.longest, ours.dropped) == (20, 20, 0)
    assert ours.end <= 70
    assert theirs.longest >= 200
    assert theirs.dropped >= 1
    assert theirs.end >= ours.end + 200


def test_counting_is_right_on_a_case_done_by_hand() -> None:
    arrivals = [*steady(6, 0)[:2], None, *steady(6, 0)[3:]]
    some = [(), (0,), (), (1,), (4, 5), ()]
    heard = [(0.1 + n * PACKET, numbers) for n, numbers in enumerate(some)]
    row = judge("link", "method", 7, arrivals, heard)
    assert (row.lost, row.gaps, row.longest, row.dropped, row.joined) == (1, 40, 20, 1, 1)
    assert row.p50 == pytest.approx(120)  # 0.12 - 0, 0.16 - 0.02, 0.18 - 0.1


def test_the_command_writes_a_page(tmp_path: Path) -> None:
    done = pellucid("bench", "playout", "--seconds", 25, "--seeds", 1, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "playout.md").read_text()
    assert page.count(f"| {PEER} |") == len(LINKS)
    rows = json.loads((tmp_path / "playout.json").read_text())
    assert len(rows) == 2 * len(LINKS)
    assert EVENT < 25
