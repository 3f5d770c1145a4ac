"""The link is what it was asked to be, and the same for one seed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from call.network.namespaces import ADDRESSES, TESTS, Link, why_not
from pellucid.call.impairment import Conditions, Impairment

WHY_NOT = why_not()
needs_link = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it can be had")
PORT = 5004
# Prints the numbers of the packets that come to a port, until one says "end".
LISTENER = f"""
import socket
inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
inbox.bind(("0.0.0.0", {PORT}))
print("ready", flush=True)
while (packet := inbox.recv(2000)) != b"end":
    print(int(packet[:8]))
"""
# Sends so many numbered packets of so many bytes, one every few milliseconds, then many an "end".
SENDER = f"""
import socket, sys, time
out, (count, size) = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), map(int, sys.argv[1:3])
for number in range(count):
    out.sendto(str(number).zfill(8).encode().ljust(size, b"."), (sys.argv[4], {PORT}))
    time.sleep(float(sys.argv[3]))
time.sleep(0.7)
for _ in range(30):
    out.sendto(b"end", (sys.argv[4], {PORT}))
    time.sleep(0.01)
"""
packets = st.lists(st.tuples(st.floats(0, 0.1), st.integers(1, 1500)), min_size=1, max_size=80)


def fates(impairment: Impairment, packets: list[tuple[float, int]]) -> list[float | None]:
    """When each packet arrives; they come so many seconds after each other."""
    now, made = 0.0, []
    for wait, size in packets:
        now += wait
        made.append(impairment.arrival(size, now))
    return made


@given(packets, st.floats(50, 1000))
def test_no_more_passes_than_the_rate(packets: list[tuple[float, int]], rate: float) -> None:
    impairment = Impairment(Conditions(rate_kbps=rate))
    passed = [
        (arrives, size)
        for arrives, (_, size) in zip(fates(impairment, packets), packets, strict=True)
        if arrives is not None
    ]
    assert passed
    for (earlier, _), (later, size) in pairwise(passed):
        assert later - earlier >= 8 * size / (1000 * rate) - 1e-9


@given(packets)
def test_without_jitter_the_order_stays_even_when_the_rate_changes(
    packets: list[tuple[float, int]],
) -> None:
    impairment, arrived = Impairment(Conditions(rate_kbps=50)), []
    for number, (_, size) in enumerate(packets):
        if number == len(packets) // 2:
            impairment.conditions = Conditions()
        arrived.append(impairment.arrival(size, 0.001 * number))
    came = [one for one in arrived if one is not None]
    assert came == sorted(came)


@pytest.fixture
def link() -> Iterator[Link]:
    with Link(seed=3) as link:
        yield link


def sent_through(link: Link, count: int, size: int, every: float) -> list[int]:
    """The numbers that arrive on side 1 of packets from side 0."""
    listen = link.words(1, sys.executable, "-c", LISTENER)
    numbers = [str(one) for one in (count, size, every)]
    with subprocess.Popen(listen, stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "ready\n"
        words = link.words(0, sys.executable, "-c", SENDER, *numbers, ADDRESSES[1])
        subprocess.run(words, check=True)
        return [int(line) for line in listener.stdout]


@needs_link
def test_real_packets_meet_the_fate_that_the_seed_decides(link: Link) -> None:
    link.set(Conditions(loss=0.3, delay_ms=20))
    arrived = sent_through(link, 300, 100, 0.001)
    decided = fates(Impairment(Conditions(loss=0.3), 3), [(0.001, 128)] * 300)
    assert arrived == [number for number, at in enumerate(decided) if at is not None]
    there, _ = link.counts()
    assert there.packets == there.lost + there.arrived
    assert there.octets == 128 * 300 + (there.packets - 300) * 31  # headers of IP and UDP are 28


@needs_link
def test_a_full_queue_drops_and_the_rest_keeps_its_order(link: Link) -> None:
    link.set(Conditions(rate_kbps=100), way=0)
    arrived = sent_through(link, 150, 972, 0.001)  # a hundred times too much, were there no pauses
    there, _ = link.counts()
    assert arrived == sorted(arrived)
    assert there.dropped == 150 - len(arrived) > 0


@needs_link
def test_settings_change_when_they_were_planned_to(link: Link) -> None:
    link.set(Conditions(loss=1.0), after=0.3)
    link.set(Conditions(), after=0.6)
    arrived = sent_through(link, 300, 100, 0.003)
    missing = sorted(set(range(300)) - set(arrived))
    assert missing == list(range(missing[0], missing[-1] + 1))
    assert 0 < missing[0] < missing[-1] < 299


@needs_link
def test_there_is_no_other_way(link: Link) -> None:
    words = link.words(0, "ip", "-brief", "link")
    names = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("\n")
    assert [name.split()[0] for name in names if name] == ["lo", "call0"]
    reach = "import socket; socket.create_connection(('192.0.2.1', 9), 1)"
    words = link.words(0, sys.executable, "-c", reach)
    assert b"unreachable" in subprocess.run(words, check=False, capture_output=True).stderr


@needs_link
def test_a_killed_link_leaves_nothing_and_ends_what_ran_in_it() -> None:
    """A test that is killed says no goodbye; neither does its link, nor what runs inside."""
    code = "\n".join(
        (
            "import subprocess, sys, time",
            "from call.network.namespaces import Link",
            "with Link(1) as link:",
            "    inside = subprocess.Popen(link.words(0, 'sleep', '1000'))",
            "    print(link.pid, inside.pid, flush=True)",
            "    time.sleep(1000)",
        )
    )
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=TESTS) as test:
        assert test.stdout is not None
        started = [int(word) for word in test.stdout.readline().split()]
        while "sleep" not in Path(f"/proc/{started[1]}/comm").read_text():
            time.sleep(0.02)  # before, it is not yet tied to the one who started it
        assert is_running(started[0])
        test.send_signal(signal.SIGKILL)
    for pid in started:
        while is_running(pid):
            time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process is there and not just waiting to be buried."""
    try:
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


@needs_link
def test_two_links_do_not_meet() -> None:
    with Link(1) as one, Link(2) as other:
        assert len(sent_through(one, 5, 50, 0.001)) == 5
        assert other.counts()[0].packets == 0
