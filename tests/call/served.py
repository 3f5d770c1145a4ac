"""A real server in this process, and a caller of aiortc who speaks to it over its socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientWebSocketResponse
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from pellucid.call.access import Access
from pellucid.call.limits import Limits
from pellucid.call.server import serve


@asynccontextmanager
async def serving(limits: Limits | None = None, token: str | None = None) -> AsyncIterator[str]:
    """A server on a free port, by its address."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    work = serve("127.0.0.1", 0, Access(token), limits, started=port.set_result)
    task = asyncio.ensure_future(work)
    try:
        yield f"http://127.0.0.1:{await port}"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@dataclass
class Caller:
    """A socket, and what was said on it by kind."""

    socket: ClientWebSocketResponse
    told: dict[str, list[dict]] = field(default_factory=dict)

    async def say(self, kind: str, **what: object) -> None:
        await self.socket.send_json({"type": kind, **what})

    async def hear(self, kind: str) -> dict:
        """The next message of a kind."""
        while True:
            message = await self.socket.receive_json()
            self.told.setdefault(message["type"], []).append(message)
            if message["type"] == kind:
                return message

    async def connect(self, *tracks: MediaStreamTrack) -> RTCPeerConnection:
        """Offer tracks; the connection, whose receivers have what comes back."""
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        for track in tracks:
            peer.addTrack(track)
        await peer.setLocalDescription(await peer.createOffer())
        await self.say("offer", sdp=peer.localDescription.sdp)
        answer = await self.hear("answer")
        await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        return peer


@asynccontextmanager
async def caller(address: str, query: str = "", **headers: str) -> AsyncIterator[Caller]:
    """Somebody on the socket of a server."""
    async with (
        ClientSession(headers=headers) as session,
        session.ws_connect(f"{address}/call{query}") as socket,
    ):
        yield Caller(socket)


@asynccontextmanager
async def calling(
    address: str, *tracks: MediaStreamTrack
) -> AsyncIterator[tuple[Caller, RTCPeerConnection]]:
    """A call that is connected."""
    async with caller(address) as someone:
        peer = await someone.connect(*tracks)
        try:
            yield someone, peer
        finally:
            await peer.close()
