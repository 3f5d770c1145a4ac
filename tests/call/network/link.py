"""The only way between two network namespaces: a process that carries packets from one to the other
and treats them as `pellucid.call.impairment` says. `namespaces.py` starts it.

Both namespaces are nameless and hang on this process (and on those that entered them), and so do
the devices: however it ends, the kernel clears them away. It ends with its standard input.

    stdin    {"conditions": {...}, "after": seconds}    both directions, from then on
             {"conditions": {...}, "after": seconds, "way": 0 or 1}    one of them: 0 from the first
             {"counts": true}
    stdout   {"namespaces": [path, path]}             once, when it is ready
             {"counts": [{...}, {...}], "latest_ms": how late packets were handed on at most}
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import json
import os
import select
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields
from itertools import count

from pellucid.call.impairment import Conditions, Impairment, LinkStats

CLONE_NEWNET = 0x40000000  # linux/sched.h
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
ADDRESSES = ("10.78.0.1", "10.78.0.2")
MTU = 1400  # bytes
LARGEST = 65_536
OWN = "/proc/thread-self/ns/net"
LIBC = ctypes.CDLL(None, use_errno=True)


def main(seed: int) -> None:
    ways = [Way(seed + side) for side in (0, 1)]
    devices = [namespace_with_device(address) for address in ADDRESSES]
    paths = [f"/proc/{os.getpid()}/fd/{namespace}" for namespace, _ in devices]
    say({"namespaces": paths})
    carry(ways, [device for _, device in devices])


@dataclass(frozen=True, slots=True)
class Counts:
    """Of packets of one direction: came, lost, dropped by the queue, and arrived; octets alike."""

    packets: int = 0
    octets: int = 0
    lost: int = 0
    dropped: int = 0
    arrived: int = 0
    arrived_octets: int = 0

    def __sub__(self, earlier: Counts) -> Counts:
        """What came since."""
        names = [field.name for field in fields(self)]
        return Counts(*(getattr(self, name) - getattr(earlier, name) for name in names))


class Way:
    """One direction: what is on its way, what was asked for later, and its fate."""

    def __init__(self, seed: int) -> None:
        self.latest = 0.0  # seconds
        self._impairment = Impairment(seed=seed)
        self._arrived = self._arrived_octets = 0
        self._coming: list[tuple[float, int, bytes]] = []
        self._planned: list[tuple[float, int, Conditions]] = []
        self._numbers = count()

    def plan(self, at: float, conditions: Conditions) -> None:
        heapq.heappush(self._planned, (at, next(self._numbers), conditions))

    def push(self, now: float, packet: bytes) -> None:
        if packet[0] >> 4 != 4:  # the kernel's own chatter in IPv6 is none of a call's
            return
        arrives = self._impairment.arrival(len(packet), now)
        if arrives is not None:
            heapq.heappush(self._coming, (arrives, next(self._numbers), packet))

    def pull(self, now: float) -> list[bytes]:
        """What arrives now; conditions that are due take effect."""
        while self._planned and self._planned[0][0] <= now:
            self._impairment.conditions = heapq.heappop(self._planned)[2]
        made = []
        while self._coming and self._coming[0][0] <= now:
            due, _, packet = heapq.heappop(self._coming)
            self.latest = max(self.latest, now - due)
            self._arrived += 1
            self._arrived_octets += len(packet)
            made.append(packet)
        return made

    @property
    def counts(self) -> Counts:
        known: LinkStats = self._impairment.stats
        return Counts(
            known.packets, known.octets, known.lost, known.dropped, self._arrived,
            self._arrived_octets,
        )  # fmt: skip

    @property
    def due(self) -> float:
        """When `pull` has something to do."""
        return min([one[0][0] for one in (self._coming, self._planned) if one], default=1e18)


def carry(ways: list[Way], devices: list[int]) -> None:
    """Carry packets until standard input ends."""
    commands = b""
    while True:
        wait = max(min(way.due for way in ways) - time.monotonic(), 0.0)
        ready = select.select([*devices, 0], [], [], min(wait, 1.0))[0]
        now = time.monotonic()
        for way, device, other in zip(ways, devices, reversed(devices), strict=True):
            for packet in way.pull(now):
                write(other, packet)
            if device in ready:
                for packet in waiting(device):
                    way.push(now, packet)
        if 0 in ready:
            read = os.read(0, LARGEST)
            if not read:
                return
            *whole, commands = (commands + read).split(b"\n")
            for line in whole:
                obey(ways, json.loads(line), now)


def obey(ways: list[Way], command: dict[str, object], now: float) -> None:
    if "counts" in command:
        latest = 1000 * max(way.latest for way in ways)
        counts = [asdict(way.counts) for way in ways]
        say({"counts": counts, "latest_ms": round(latest, 1)})
        return
    conditions = Conditions(**command["conditions"])  # type: ignore[arg-type]
    for side, way in enumerate(ways):
        if command.get("way") in (None, side):
            way.plan(now + float(command.get("after", 0)), conditions)  # type: ignore[arg-type]


def waiting(device: int) -> list[bytes]:
    """All packets that a namespace has sent."""
    packets = []
    while True:
        try:
            packets.append(os.read(device, LARGEST))
        except BlockingIOError:
            return packets


def write(device: int, packet: bytes) -> None:
    try:
        os.write(device, packet)
    except OSError as error:  # what the other side cannot take is lost, as on any link
        print(f"not delivered: {error}", file=sys.stderr)


def namespace_with_device(address: str) -> tuple[int, int]:
    """A new namespace and the device in it, as file descriptors; this process stays outside."""
    home = os.open(OWN, os.O_RDONLY)
    check(LIBC.unshare(CLONE_NEWNET))
    namespace = os.open(OWN, os.O_RDONLY)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"call0", IFF_TUN | IFF_NO_PI))
    for words in (
        f"address add {address}/24 dev call0",
        f"link set call0 mtu {MTU} up",
        "link set lo up",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    check(LIBC.setns(home, CLONE_NEWNET))
    os.close(home)
    return namespace, device


def check(returned: int) -> None:
    if returned:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def say(words: dict[str, object]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
