"""The calls of a worker in one room: whom it enhances, begun and ended as people come and go.

Of those who publish, a worker enhances the ones that it was told to, or whoever came first; never
the output of a worker, and nobody whom another worker enhances: so workers in one room share it.
Where two began with the same one, the output with the lower id stays.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pellucid.call.janus import Session
from pellucid.call.relay import Means, Relay
from pellucid.call.room import Id, Publisher, Room
from pellucid.call.streams import Streams
from pellucid.call.tally import Tally

TRIES = 3  # in a row that fail, until somebody is left alone for a while
RETRY = 1.0  # seconds between them
REST = 60.0  # seconds that somebody is left alone, unless their streams change

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Feed:
    """Somebody who could be enhanced. enhancing: is set by `Streams`. task: the call, and begun:
    the publisher as it was then.
    """

    publisher: Publisher
    enhancing: bool = False
    task: asyncio.Task[None] | None = None
    begun: Publisher | None = None


class Calls:
    """What one session does in its room. feeds: ids, as text, of whom to enhance; none is anybody.
    at_once: how many. tally: counts what becomes of them.
    """

    def __init__(
        self,
        session: Session,
        room: Room,
        means: Means,
        feeds: Collection[str],
        at_once: int,
        tally: Tally,
    ) -> None:
        self._session, self._room, self._means, self._tally = session, room, means, tally
        self._only, self._streams = frozenset(feeds), Streams(at_once)
        self._feeds: dict[Id, Feed] = {}
        self._relays: set[Relay] = set()
        self._ours: set[Id] = set()  # every output there ever was: Janus may still tell of one
        self._refused: dict[Id, Publisher] = {}  # as they were when they could not be enhanced
        self._tasks: set[asyncio.Task[None]] = set()

    async def follow(self) -> None:
        """Until the room is lost or the task is cancelled; then all calls are over. Raises
        CallError.
        """
        try:
            while True:
                self._settle()
                await self._room.change()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _settle(self) -> None:
        """Begin and end calls so that they are what the room as it is now asks for."""
        wanted = {one.id: one for one in self._candidates()}
        for number in self._feeds.keys() - wanted.keys():
            self._forget(self._feeds.pop(number))
        for number, publisher in wanted.items():
            if number not in self._feeds:
                self._feeds[number] = Feed(publisher)
                self._streams.add(self._feeds[number])
            self._feeds[number].publisher = publisher
        for feed in self._feeds.values():
            self._begin_or_end(feed)

    def _candidates(self) -> Iterator[Publisher]:
        others = [one for one in self._room.publishers.values() if one.id not in self._ours]
        downwards = sorted(others, key=lambda one: str(one.id), reverse=True)
        theirs = {str(one.enhances): one.id for one in downwards if one.enhances}  # the lowest
        for one in others:
            if one.enhances is None and self._is_asked_for(one) and not self._yields(one, theirs):
                yield one

    def _is_asked_for(self, one: Publisher) -> bool:
        told = not self._only or str(one.id) in self._only
        refused = self._refused.get(one.id)
        return told and bool(one.streams) and (refused is None or refused.streams != one.streams)

    def _yields(self, one: Publisher, theirs: Mapping[str, Id]) -> bool:
        """Whether another worker enhances somebody, and shall go on."""
        their = theirs.get(str(one.id))
        ours = [relay.output for relay in self._relays if relay.publisher.id == one.id]
        return their is not None and not any(out and str(out) < str(their) for out in ours)

    def _forget(self, feed: Feed) -> None:
        self._streams.remove(feed)
        if feed.task:
            feed.task.cancel()

    def _begin_or_end(self, feed: Feed) -> None:
        changed = feed.begun is not None and feed.begun.streams != feed.publisher.streams
        if feed.task and (changed or not feed.enhancing):
            feed.task.cancel()
            feed.task = None
        if feed.enhancing and not feed.task:
            feed.begun = feed.publisher
            feed.task = asyncio.create_task(self._keep(feed.publisher))
            self._tasks.add(feed.task)
            feed.task.add_done_callback(self._tasks.discard)

    async def _keep(self, publisher: Publisher) -> None:
        """Enhance somebody until told otherwise; begin again where it breaks off."""
        failures = 0
        while failures < TRIES:
            relay = await self._enhance(publisher)
            failures = TRIES if relay.sent_out else 0 if relay.connected else failures + 1
            await asyncio.sleep(RETRY)
        log.warning("left alone", extra={"feed": publisher.id, "display": publisher.display})
        self._refused[publisher.id] = publisher
        asyncio.get_running_loop().call_later(REST, self._forgive, publisher.id)
        self._room.wake()

    def _forgive(self, number: Id) -> None:
        self._refused.pop(number, None)
        self._room.wake()

    async def _enhance(self, publisher: Publisher) -> Relay:
        """One call from its beginning to its end."""
        known = {"feed": publisher.id, "display": publisher.display}
        relay = Relay(self._session, self._room.where, publisher, self._means, self._ours.add)
        self._relays.add(relay)
        self._tally.begin(relay)
        log.info("call begins", extra=known)
        try:
            await relay.run()
        except Exception as error:  # what one call brings about is no reason to end the others
            log.warning("call fails", extra={**known, "reason": str(error) or repr(error)})
        finally:
            self._relays.discard(relay)
            log.info("call ends", extra={**known, **self._tally.end(relay)})
        return relay
