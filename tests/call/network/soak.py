"""Callers of all kinds come and go at random, at a real server; then it is as it was before.

PYTHONPATH=tests python -m call.network.soak --minutes 5 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
from aiohttp import ClientError, ClientSession
from aiortc.mediastreams import MediaStreamError

from call.chromium import server
from call.network.namespaces import TESTS
from call.peers import Camera, Tone
from call.served import Caller, caller, calling

AT_ONCE = 10
SETTLED = 60.0  # seconds that the server may take to free everything on a busy machine
GARBAGE = ("no json", "[" * 9000, "{}", '{"type": "settings", "loss": "much"}', "\x00" * 99)
NO_OFFERS = ("v=0\r\nrubbish", "", "v=0" + "\nm=audio" * 50, "v=0\r\nm=video 9 X 0\r\n")


@dataclass
class Soak:
    """What was done, what went wrong, and what the server held before and after."""

    done: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    before: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)


class Quiet(Tone):
    """A muted voice: zeros."""

    async def recv(self) -> av.AudioFrame:
        frame = await super().recv()
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        return frame


async def both(address: str, rng: random.Random) -> None:
    await talk(address, rng, Tone(), Camera())


async def audio_only(address: str, rng: random.Random) -> None:
    await talk(address, rng, Tone())


async def video_only(address: str, rng: random.Random) -> None:
    await talk(address, rng, Camera())


async def muted(address: str, rng: random.Random) -> None:
    await talk(address, rng, Quiet(), Camera())


async def large(address: str, rng: random.Random) -> None:
    """4K; few pictures, for its sender's sake."""
    await talk(address, rng, Camera((3840, 2160)))


async def switching(address: str, rng: random.Random) -> None:
    """The size changes while it talks, and so do the settings."""
    camera = Camera()
    async with calling(address, Tone(), camera) as (someone, peer):
        drains = drained(peer)
        for _ in range(3):
            camera.size = rng.choice([(160, 120), (320, 240), (64, 48), (322, 182)])
            await someone.say("settings", model=rng.choice(["lite", "standard"]), loss=0.1)
            await asyncio.sleep(rng.uniform(0.2, 1))
        await asyncio.gather(*ended(drains))


async def vanishing(address: str, rng: random.Random) -> None:
    """No goodbye on the socket."""
    async with calling(address, Tone(), Camera()) as (someone, peer):
        drains = drained(peer)
        await asyncio.sleep(rng.uniform(0.2, 1))
        someone.socket._response.connection.transport.abort()
        await asyncio.gather(*ended(drains))


async def killed(address: str, rng: random.Random) -> None:
    """A process that is killed in mid-call."""
    words = (sys.executable, "-m", "call.network.soak", "--caller", address)
    process = await create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=TESTS,
                                           stderr=DEVNULL)  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"calling\n"
    await asyncio.sleep(rng.uniform(0.2, 1))
    process.kill()
    await process.wait()


async def garbage(address: str, rng: random.Random) -> None:
    async with caller(address) as someone:
        await someone.socket.send_str(rng.choice(GARBAGE))
        assert (await someone.hear("error"))["reason"] in ("malformed_message", "bad_setting")
        await someone.socket.send_bytes(rng.randbytes(100))
        assert (await someone.hear("error"))["reason"] == "malformed_message"


async def no_offer(address: str, rng: random.Random) -> None:
    async with caller(address) as someone:
        await someone.say("offer", sdp=rng.choice(NO_OFFERS))
        assert (await someone.hear("error"))["reason"] == "malformed_sdp"


KINDS: dict[str, Callable[[str, random.Random], Awaitable[None]]] = {
    "both": both, "audio only": audio_only, "video only": video_only, "muted": muted,
    "4K": large, "switching": switching, "vanishing": vanishing, "killed": killed,
    "garbage": garbage, "no offer": no_offer,
}  # fmt: skip


async def talk(address: str, rng: random.Random, *tracks: Any) -> None:
    async with calling(address, *tracks) as (someone, peer):
        drains = drained(peer)
        await asyncio.sleep(rng.uniform(0.5, 3))
        await bye(someone)
        await asyncio.gather(*ended(drains))


async def bye(someone: Caller) -> None:
    with suppress(ClientError, ConnectionError):
        await someone.say("bye")


def drained(peer: Any) -> list[asyncio.Task[None]]:
    """Take what comes back, as a viewer would."""

    async def drain(track: Any) -> None:
        with suppress(MediaStreamError):
            while True:
                await track.recv()

    return [asyncio.create_task(drain(one.track)) for one in peer.getReceivers() if one.track]


def ended(tasks: list[asyncio.Task[None]]) -> list[asyncio.Future[Any]]:
    for task in tasks:
        task.cancel()
    return [asyncio.gather(task, return_exceptions=True) for task in tasks]


async def soak(address: str, pid: int, seconds: float, seed: int) -> Soak:
    """Let callers come and go for so long. What the server holds is first measured after as many
    at once as will ever be, so that pools of threads and of memory have their size.
    """
    made, rng = Soak(), random.Random(seed)
    await all_at_once(address, made, rng)
    made.before = await settled(address, pid)
    made.most, until = dict(made.before), time.monotonic() + seconds
    running: set[asyncio.Task[None]] = set()
    while time.monotonic() < until:
        if len(running) < AT_ONCE:
            name = rng.choice(list(KINDS))
            running.add(asyncio.create_task(one(name, address, made, random.Random(rng.random()))))
        await asyncio.sleep(rng.uniform(0, 0.5))
        running = {task for task in running if not task.done()}
        now = await held(address, pid)
        made.most = {name: max(made.most[name], now[name]) for name in now}
    await asyncio.gather(*running)
    made.after = await settled(address, pid)
    return made


async def all_at_once(address: str, made: Soak, rng: random.Random) -> None:
    names = ["both"] * (AT_ONCE - 2) + ["4K", "switching"]
    seeds = [random.Random(rng.random()) for _ in names]
    await asyncio.gather(
        *(one(name, address, made, seed) for name, seed in zip(names, seeds, strict=True))
    )


async def one(name: str, address: str, made: Soak, rng: random.Random) -> None:
    try:
        await KINDS[name](address, rng)
        made.done[name] += 1
    except Exception as error:  # of whatever kind, to be told of
        made.failures.append(f"{name}: {error!r}")


async def held(address: str, pid: int) -> dict[str, float]:
    """Calls, tasks and threads of the server, and its memory in MB."""
    async with ClientSession() as session, session.get(f"{address}/health") as answer:
        counts: dict[str, float] = await answer.json()
    status = Path(f"/proc/{pid}/status").read_text()
    return counts | {"MB": int(status.split("VmRSS:")[1].split()[0]) / 1024}


async def settled(address: str, pid: int) -> dict[str, float]:
    """The same once no call is left and nothing falls any more."""
    until, known = time.monotonic() + SETTLED, await held(address, pid)
    while True:
        await asyncio.sleep(1.5)
        before, known = known, await held(address, pid)
        still = all(known[name] >= before[name] for name in known) and not known["calls"]
        if still or time.monotonic() > until:
            return known


def run(seconds: float, seed: int) -> Soak:
    with server() as (address, pid):
        return asyncio.run(soak(address.rstrip("/"), pid, seconds, seed))


async def call_until_killed(address: str) -> None:
    async with calling(address, Tone(), Camera()) as (someone, peer):
        drained(peer)
        print("calling", flush=True)
        while True:
            await someone.hear("stats")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--caller", help="be one caller of the server at this address")
    given = parser.parse_args()
    if given.caller:
        asyncio.run(call_until_killed(given.caller))
    else:
        made = run(60 * given.minutes, given.seed)
        print(json.dumps(vars(made), indent=1))
