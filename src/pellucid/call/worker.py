"""A worker beside Janus: joins a room, enhances who is in it, and comes back when Janus does.

connect ─▶ enter the room ─▶ `Calls` ─▶ lost? wait, and from the start
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, field

from pellucid.call.calls import Calls
from pellucid.call.janus import connect
from pellucid.call.relay import Means
from pellucid.call.room import Id, enter
from pellucid.call.tally import Tally
from pellucid.errors import CallError

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between attempts to come back; doubled each time

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What a worker is told. janus: a ws:// or wss:// address. room: a number, or text where Janus
    has `string_ids`. feeds: ids, as text, of whom to enhance; none is whoever comes first. at_once:
    how many. secret: Janus' `api_secret`; pin: the room's.
    """

    janus: str
    room: Id
    feeds: tuple[str, ...] = ()
    at_once: int = 1
    means: Means = field(default_factory=Means)
    secret: str | None = field(default=None, repr=False)
    pin: str | None = field(default=None, repr=False)


async def work(settings: Settings, tally: Tally) -> None:
    """Work until cancelled. Raises CallError where Janus or the room is not there at the start;
    ArtifactError for a bad model.
    """
    settings.means.check()
    wait, entered = FIRST_WAIT, False
    while True:
        try:
            await _session(settings, tally, entered)
        except CallError as error:
            if not (entered or tally.in_room):
                raise
            wait = FIRST_WAIT if tally.in_room else min(2 * wait, LONGEST_WAIT)
            entered, tally.in_room = True, False
            log.warning("waiting for the room", extra={"reason": str(error), "seconds": wait})
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # so that workers come one by one


async def _session(settings: Settings, tally: Tally, again: bool) -> None:
    async with connect(settings.janus, settings.secret) as session:
        means = settings.means
        room = await enter(session, settings.room, means.name, settings.pin)
        tally.in_room, tally.reconnects = True, tally.reconnects + again
        log.info("in the room", extra={"room": settings.room, "publishers": len(room.publishers)})
        await Calls(session, room, means, settings.feeds, settings.at_once, tally).follow()
