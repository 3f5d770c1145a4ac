"""A client of Janus, the WebRTC server: one session over a WebSocket, and handles of its plugins.

    async with connect("ws://127.0.0.1:8188") as session:
        handle = await session.attach()
        answer = await handle.ask({"request": "join", ...})
        event = await handle.event()

A session ends with its connection, and Janus then forgets all that it held.

Source: the Janus API as Janus 1.x documents it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from pellucid.errors import CallError, MissingExtraError

try:
    import aiohttp
    from aiortc import RTCSessionDescription
except ImportError as error:
    raise MissingExtraError('calls need aiohttp: pip install "pellucid[call]"') from error

VIDEOROOM = "janus.plugin.videoroom"
KEEPALIVE = 20.0  # seconds; Janus forgets a session that was silent for 60
HEARTBEAT = 10.0  # seconds between pings, so that a dead connection is noticed
PATIENCE = 10.0  # seconds for an answer
GOODBYE = 0.5  # seconds to say it
LARGEST = 2**20  # bytes of a message: a room of hundreds fits
LOST = "janus: the connection is lost"

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """What Janus said of a handle. kind: "event", or "webrtcup", "hangup", "slowlink" and others.
    data: what the plugin says; jsep: the session description that came with it.
    """

    kind: str
    data: Fields
    jsep: RTCSessionDescription | None = None


@asynccontextmanager
async def connect(url: str, secret: str | None = None) -> AsyncIterator[Session]:
    """A session with the Janus at `url`, ws:// or wss://; left properly afterwards.

    secret: Janus' `api_secret`, where it has one. Raises CallError where there is no Janus, and
    from whatever waits for Janus when the connection is lost.
    """
    if not url.startswith(("ws://", "wss://")):
        raise CallError(f"janus: expected an address that starts with ws:// or wss://, got {url}")
    async with aiohttp.ClientSession() as web:
        session = Session(await _opened(web, url), {"apisecret": secret} if secret else {})
        try:
            await session.create()
            yield session
        finally:
            await session.close()


async def _opened(web: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse:
    try:
        async with asyncio.timeout(PATIENCE):
            return await web.ws_connect(
                url, protocols=["janus-protocol"], heartbeat=HEARTBEAT, max_msg_size=LARGEST
            )
    except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
        raise CallError(f"janus: there is none at {url}: {str(error) or 'no answer'}") from error


class Session:
    """One session; `attach` gives handles."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, known: Fields) -> None:
        self._socket, self._known = socket, known  # what every request carries
        self._asked: dict[str, asyncio.Future[Fields]] = {}
        self._handles: dict[int, Handle] = {}
        self._lost = False
        self._tasks = [asyncio.ensure_future(work()) for work in (self._listen, self._keep_alive)]

    async def create(self) -> None:
        """Begin the session. Raises CallError."""
        self._known["session_id"] = _number(await self.request("create"))

    async def attach(self) -> Handle:
        """A new handle of the videoroom. Raises CallError."""
        number = _number(await self.request("attach", plugin=VIDEOROOM))
        self._handles[number] = Handle(self, number)
        return self._handles[number]

    async def request(self, kind: str, **fields: Any) -> Fields:
        """Janus' answer, not its receipt. Raises CallError for an error or where none comes."""
        transaction = secrets.token_hex(8)
        answer = self._asked[transaction] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._send(kind, transaction, fields)
                return _checked(await answer)
        except TimeoutError as error:
            raise CallError(f"janus: no answer to {kind} within {PATIENCE:.0f} s") from error
        finally:
            self._asked.pop(transaction)

    async def detach(self, number: int) -> None:
        """End a handle; nothing where it has ended."""
        if self._handles.pop(number, None) and not self._lost:
            await self._part("detach", handle_id=number)

    async def close(self) -> None:
        """Say goodbye, which ends all handles, and hang up."""
        if not self._lost and "session_id" in self._known:
            await self._part("destroy")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self._socket.close()

    async def _part(self, kind: str, **fields: Any) -> None:
        with suppress(CallError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.request(kind, **fields)

    async def _send(self, kind: str, transaction: str, fields: Fields) -> None:
        message = {"janus": kind, "transaction": transaction, **self._known, **fields}
        try:
            if self._lost:
                raise ConnectionResetError
            await self._socket.send_json(message)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise CallError(LOST) from error

    async def _keep_alive(self) -> None:
        """Where that fails, whoever waits for events is told."""
        with suppress(CallError):
            while True:
                await asyncio.sleep(KEEPALIVE)
                await self._send("keepalive", secrets.token_hex(8), {})

    async def _listen(self) -> None:
        try:
            async for message in self._socket:
                told = _understood(message)
                if told.get("janus") == "timeout":  # Janus gave this session up
                    break
                self._take(told)
        finally:
            self._lose()

    def _take(self, message: Fields) -> None:
        if message.get("janus") == "ack":  # a receipt, the answer follows
            return
        asked = self._asked.get(message.get("transaction", ""))
        if asked and not asked.done():
            asked.set_result(message)
        elif handle := self._handles.get(message.get("sender", 0)):
            handle.take(_event(message))

    def _lose(self) -> None:
        self._lost = True
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(CallError(LOST))
        for handle in self._handles.values():
            handle.take(None)


class Handle:
    """A handle of the videoroom: one publisher or one subscriber. sent_out: whether a moderator
    took it out of the room.
    """

    def __init__(self, session: Session, number: int) -> None:
        self._session, self._number, self.sent_out = session, number, False
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def ask(self, body: Fields, jsep: RTCSessionDescription | None = None) -> Event:
        """What the plugin answers. Raises CallError with its reason for an error."""
        fields: Fields = {"handle_id": self._number, "body": body}
        if jsep:
            fields["jsep"] = {"type": jsep.type, "sdp": jsep.sdp}
        return _event(await self._session.request("message", **fields))

    async def event(self) -> Event:
        """What Janus says next without being asked. Raises CallError once the session is lost."""
        event = await self._events.get()
        if event is None:
            self._events.put_nowait(None)  # for whoever asks again
            raise CallError(LOST)
        return event

    def take(self, event: Event | None) -> None:
        """Put an event to the others; None: there will be no more."""
        self.sent_out = self.sent_out or (event is not None and event.data.get("leaving") == "ok")
        self._events.put_nowait(event)

    async def ended(self) -> None:
        """Wait until Janus has ended the peer connection or the handle. Raises CallError."""
        while (await self.event()).kind not in ("hangup", "detached"):
            pass

    async def detach(self) -> None:
        """End the handle: a publisher leaves the room. Nothing where it has ended."""
        await self._session.detach(self._number)


def _understood(message: aiohttp.WSMessage) -> Fields:
    """A message of Janus; nothing for what is none."""
    try:
        told = json.loads(message.data)
    except (TypeError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _event(message: Fields) -> Event:
    jsep = message.get("jsep")
    return Event(
        kind=message["janus"],
        data=message.get("plugindata", {}).get("data", {}),
        jsep=RTCSessionDescription(jsep["sdp"], jsep["type"]) if jsep else None,
    )


def _number(answer: Fields) -> int:
    """Of what was made. Raises CallError where something else than Janus answers."""
    try:
        return int(answer["data"]["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise CallError("janus: what answers there is not Janus") from error


def _checked(answer: Fields) -> Fields:
    """The answer. Raises CallError with the reason where it is an error."""
    if answer.get("janus") == "error":
        raise CallError(f"janus: {answer['error']['reason']}")
    data = answer.get("plugindata", {}).get("data", {})
    if "error" in data:
        raise CallError(f"janus: {data['error']}")
    return answer
