"""One leg of a call: a connection of aiortc's that can be awaited when it begins and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from pellucid.call.receiving import hang_up
from pellucid.errors import CallError

PATIENCE = 10.0  # seconds to connect
GOODBYE = 0.5  # seconds to be closed in


class Leg:
    """A connection to a server that is near: no other server helps to find a way there.

    aiortc leaves sockets and tasks behind when it is interrupted while it describes itself or
    connects; so here it is not, and `close` waits for it first.
    """

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._changed = asyncio.Event()
        self._work: asyncio.Future[RTCSessionDescription] | None = None
        self.connection.on("connectionstatechange", self._changed.set)

    async def answer(self, offer: RTCSessionDescription) -> RTCSessionDescription:
        """What to answer the other side. Raises what aiortc raises for a bad offer."""
        return await self._whole(self._answer(offer))

    async def offer(self) -> RTCSessionDescription:
        """What to offer the other side."""
        return await self._whole(self._offer())

    async def take(self, answer: RTCSessionDescription) -> None:
        """What the other side answers. Raises what aiortc raises for a bad one."""
        await self.connection.setRemoteDescription(answer)

    async def up(self) -> None:
        """Wait until media flows. Raises CallError where that fails or takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):  # wait_for may lose a cancellation
                await self._until("connected", "failed", "closed")
        state = self.connection.connectionState
        if state != "connected":
            raise CallError(f"media: expected a connection to Janus, it is {state}")

    async def over(self) -> None:
        """Wait until the other side is gone."""
        await self._until("failed", "closed")

    async def close(self) -> None:
        """Free what it holds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                if self._work:
                    await asyncio.gather(self._work, return_exceptions=True)
                if self.connection.localDescription and self.connection.remoteDescription:
                    await self._until("connected", "failed", "closed")
        await hang_up(self.connection)

    async def _answer(self, offer: RTCSessionDescription) -> RTCSessionDescription:
        await self.connection.setRemoteDescription(offer)
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        return self.connection.localDescription

    async def _offer(self) -> RTCSessionDescription:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription

    async def _whole(
        self, work: Coroutine[None, None, RTCSessionDescription]
    ) -> RTCSessionDescription:
        self._work = asyncio.ensure_future(work)
        return await asyncio.shield(self._work)

    async def _until(self, *states: str) -> None:
        while self.connection.connectionState not in states:
            self._changed.clear()
            await self._changed.wait()
