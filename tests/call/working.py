"""A worker in a room of a Janus, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from call.janus_server import ADMIN, ROOM
from pellucid.call.janus import connect
from pellucid.call.relay import Means
from pellucid.call.tally import Tally
from pellucid.call.worker import Settings, work

LITE = Means("lite")


@asynccontextmanager
async def working(url: str, **settings: object) -> AsyncIterator[Tally]:
    """A worker that has come into its room, and is told to stop in the end."""
    tally = Tally()
    told = {"room": ROOM, "means": LITE, **settings}
    task = asyncio.create_task(work(Settings(url, **told), tally))
    try:
        await until(lambda: tally.in_room or task.done())
        assert not task.done(), task.exception()
        yield tally
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(true: Callable[[], object]) -> None:
    while not true():
        await asyncio.sleep(0.02)


async def moderate(url: str, **body: object) -> None:
    """Ask Janus what a moderator may, of the room."""
    async with connect(url) as session:
        await (await session.attach()).ask({"room": ROOM, "secret": ADMIN, **body})
