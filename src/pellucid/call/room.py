"""A videoroom of Janus: who publishes in it, which of them are enhanced, and what changes.

A worker is in the room as somebody who publishes nothing, and so is told of all who do. What it
publishes are others, one for each publisher whom it enhances; their streams carry a description
by which every worker knows whom they enhance.

Source: the API of Janus' videoroom plugin, as of Janus 1.x.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from pellucid.call.janus import Event, Fields, Handle, Session
from pellucid.errors import CallError

Id = int | str  # numbers, or any text where Janus' `string_ids` is on
MARK = "enhanced by Pellucid: "  # and whose stream it is
CODECS = {"audio": ("opus",), "video": ("vp8", "h264")}  # that aiortc decodes
# Seconds from word that a room is destroyed to hanging up: Janus 1.1.2 is then still at it, and now
# and then it crashes over a session that ends meanwhile.
GRACE = 0.5
WOKEN = Event("woken", {})


@dataclass(frozen=True, slots=True)
class Stream:
    """One that somebody publishes. kind: audio, video or data; mid: its name in their offer."""

    kind: str
    mid: str
    codec: str


@dataclass(frozen=True, slots=True)
class Publisher:
    """Somebody who publishes. streams: the first of sound and the first of pictures that can be
    decoded. enhances: the id, as text, of whom this is the enhanced output; else None.
    """

    id: Id
    display: str
    streams: tuple[Stream, ...]
    enhances: str | None


def publisher_of(told: Fields) -> Publisher:
    """What Janus tells of a publisher."""
    known = () if told.get("dummy") else told.get("streams", ())
    streams = [stream for stream in known if not stream.get("disabled")]
    marks = [stream.get("description") or "" for stream in streams]
    marked = [mark.removeprefix(MARK) for mark in marks if mark.startswith(MARK)]
    display = str(told.get("display") or told["id"])
    return Publisher(told["id"], display, tuple(_usable(streams)), next(iter(marked), None))


def _usable(streams: Iterable[Fields]) -> Iterable[Stream]:
    for kind, codecs in CODECS.items():
        of_kind = [stream for stream in streams if stream.get("type") == kind]
        for stream in [stream for stream in of_kind if stream.get("codec") in codecs][:1]:
            yield Stream(kind, stream["mid"], stream["codec"])


class Room:
    """The room as one session sees it. publishers: by id, in the order they came.

    where: what requests to join it carry. Make one with `enter`.
    """

    def __init__(self, where: Fields, handle: Handle, joined: Fields) -> None:
        self.where = {**where, "private_id": joined["private_id"]}
        self.publishers: dict[Id, Publisher] = {}
        self._handle = handle
        self._meet(joined)

    async def change(self) -> None:
        """Wait until something may have changed. Raises CallError once the room is lost."""
        event = await self._handle.event()
        if event.data.get("videoroom") == "destroyed":
            await asyncio.sleep(GRACE)
            raise CallError(f"room {self.where['room']}: it was destroyed")
        self._take(event)

    def wake(self) -> None:
        """Let `change` return."""
        self._handle.take(WOKEN)

    def _take(self, event: Event) -> None:
        told = event.data
        if self._handle.sent_out:
            raise CallError(f"room {self.where['room']}: a moderator sent us out")
        self._meet(told)
        for key in ("unpublished", "leaving", "kicked"):
            self.publishers.pop(told.get(key, ""), None)

    def _meet(self, told: Fields) -> None:
        for one in told.get("publishers", ()):
            self.publishers[one["id"]] = publisher_of(one)


async def enter(session: Session, room: Id, name: str, pin: str | None = None) -> Room:
    """Join a room under a name. Raises CallError: there is no such room, or another pin."""
    where = {"room": room, **({"pin": pin} if pin else {})}
    handle = await session.attach()
    body = {"request": "join", "ptype": "publisher", "display": name, **where}
    try:
        joined = await handle.ask(body)
    except CallError as error:
        raise CallError(f"room {room}: {error}") from error
    return Room(where, handle, joined.data)
