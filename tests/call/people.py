"""People of a videoroom: some publish what a test gives them, some watch whoever they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiortc.mediastreams import MediaStreamTrack

from call.janus_server import ROOM
from pellucid.call.janus import Handle, Session, connect
from pellucid.call.leg import Leg
from pellucid.call.room import Id, Publisher, Room, enter


@dataclass
class Publishing:
    """Somebody who publishes."""

    id: Id
    handle: Handle
    leg: Leg

    async def renegotiate(self) -> None:
        """Offer again, after tracks have changed."""
        answer = await self.handle.ask({"request": "configure"}, await self.leg.offer())
        assert answer.jsep
        await self.leg.take(answer.jsep)


@asynccontextmanager
async def publishing(
    url: str, display: str, *tracks: MediaStreamTrack, room: Id = ROOM, pin: str | None = None
) -> AsyncIterator[Publishing]:
    """Somebody who publishes tracks, and leaves in the end."""
    leg = Leg()
    async with connect(url) as session:
        try:
            for track in tracks:
                leg.connection.addTrack(track)
            handle = await session.attach()
            joining = {"request": "join", "ptype": "publisher", "room": room, "display": display}
            joined = await handle.ask({**joining, **({"pin": pin} if pin else {})})
            one = Publishing(joined.data["id"], handle, leg)
            await one.renegotiate()
            await leg.up()
            yield one
        finally:
            await leg.close()


class Viewer:
    """Somebody who watches."""

    def __init__(self, session: Session, room: Room) -> None:
        self.session, self.room = session, room
        self._legs: list[Leg] = []

    async def sees(self, good: Callable[[Publisher], bool]) -> Publisher:
        """Wait for somebody who publishes and is as they should be."""
        await self.until(lambda all_: any(map(good, all_)))
        return next(filter(good, self.room.publishers.values()))

    async def output_of(self, number: Id) -> Publisher:
        """Wait for the one that a worker publishes of somebody."""
        return await self.sees(lambda one: one.enhances == str(number))

    async def gone(self, number: Id) -> None:
        """Wait until somebody does not publish any more."""
        await self.until(lambda all_: all(one.id != number for one in all_))

    async def until(self, good: Callable[[Collection[Publisher]], bool]) -> None:
        """Wait until those who publish are as they should be."""
        while not good(self.room.publishers.values()):
            await self.room.change()

    @property
    def outputs(self) -> list[Publisher]:
        """What workers publish, as far as is known."""
        return [one for one in self.room.publishers.values() if one.enhances]

    async def watch(self, one: Publisher) -> dict[str, MediaStreamTrack]:
        """Their tracks, by kind."""
        leg = Leg()
        self._legs.append(leg)
        tracks: dict[str, MediaStreamTrack] = {}
        leg.connection.on("track", lambda track: tracks.__setitem__(track.kind, track))
        handle = await self.session.attach()
        body = {"request": "join", "ptype": "subscriber", **self.room.where}
        offer = await handle.ask({**body, "streams": [{"feed": one.id}]})
        assert offer.jsep
        await handle.ask({"request": "start"}, await leg.answer(offer.jsep))
        await leg.up()
        return tracks

    async def close(self) -> None:
        """Watch nobody."""
        for leg in self._legs:
            await leg.close()


@asynccontextmanager
async def viewing(url: str, room: Id = ROOM, pin: str | None = None) -> AsyncIterator[Viewer]:
    """Somebody in the room who publishes nothing."""
    async with connect(url) as session:
        viewer = Viewer(session, await enter(session, room, "viewer", pin))
        try:
            yield viewer
        finally:
            await viewer.close()
