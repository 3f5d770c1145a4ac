"""What is said on the socket of one call.

Messages are JSON objects with a `type`. The page says "offer" with an `sdp`, "settings" with any of
`Settings`, "bye". It is told "answer" with an `sdp`, "settings" with all of them, "stats" (see
`Reporter`) twice a second, and "error" with a `reason` for programs and a `message` for people.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import asdict

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from pellucid.call.limits import Limits, Pace
from pellucid.call.peer import Peer
from pellucid.call.report import Reporter
from pellucid.call.share import Share
from pellucid.errors import CallError

REPORT_EVERY = 0.5  # seconds
FORGIVEN = ("malformed_message", "bad_setting")  # after these the call goes on


class Conversation:
    """One socket's. `hold` it, or `refuse` it."""

    def __init__(self, socket: web.WebSocketResponse, limits: Limits, share: Share) -> None:
        self._socket, self._limits, self._share = socket, limits, share
        self._pace = Pace(limits.messages_per_s)

    async def refuse(self, error: CallError) -> None:
        """Say why, and close."""
        await self._tell("error", reason=error.reason, message=str(error))
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)

    async def hold(self) -> None:
        """Listen until the page says bye, is gone or is refused; then everything is freed."""
        peer = Peer(self._limits, self._share)
        beside = [asyncio.create_task(work) for work in (self._report(peer), self._watch(peer))]
        try:
            await self._tell("settings", **asdict(peer.settings))
            await self._listen(peer)
        except CallError as error:
            await self.refuse(error)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await peer.close()

    async def _listen(self, peer: Peer) -> None:
        async for message in self._socket:
            try:
                known = self._understood(message)
                if known["type"] == "bye":
                    return
                await self._do(peer, known)
            except CallError as error:
                if error.reason not in FORGIVEN:
                    raise
                await self._tell("error", reason=error.reason, message=str(error))

    def _understood(self, message: WSMessage) -> dict[str, object]:
        self._pace.count(time.monotonic())
        if message.type != WSMsgType.TEXT:
            raise CallError("A message is text.", "malformed_message")
        self._limits.check_message(message.data)
        try:
            known = json.loads(message.data)
        except (ValueError, RecursionError) as error:
            raise CallError("A message is a JSON object.", "malformed_message") from error
        if not isinstance(known, dict) or known.get("type") not in ("offer", "settings", "bye"):
            raise CallError("A message has a type: offer, settings or bye.", "malformed_message")
        return known

    async def _do(self, peer: Peer, known: dict[str, object]) -> None:
        if known["type"] == "offer":
            await self._tell("answer", sdp=await peer.answer(known.get("sdp")))
        else:
            peer.set(peer.settings.changed(known))
            await self._tell("settings", **asdict(peer.settings))

    async def _report(self, peer: Peer) -> None:
        reporter, start = Reporter(peer), time.monotonic()
        while True:
            await asyncio.sleep(REPORT_EVERY)
            await self._tell("stats", **await reporter.report(time.monotonic() - start))

    async def _watch(self, peer: Peer) -> None:
        """When the connection is over, so is the call."""
        await peer.gone.wait()
        await self.refuse(CallError(peer.why, "no_connection"))

    async def _tell(self, kind: str, **what: object) -> None:
        with suppress(ConnectionError):  # who is gone need not be told
            await self._socket.send_json({"type": kind, **what})
