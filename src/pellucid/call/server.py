"""The server of a page that shows what Pellucid does to a call: static files, and a socket a call.

`/` is the page, `/call` the socket (see `signalling.py`), `/health` tells how many calls there are.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import WSCloseCode, web

from pellucid.call.access import Access
from pellucid.call.limits import Limits
from pellucid.call.memory import give_back, share_heaps
from pellucid.call.share import Share
from pellucid.call.signalling import Conversation
from pellucid.call.tracks import BUDGET_MS
from pellucid.errors import CallError

PAGE = Path(__file__).parent / "page"
INDEX = PAGE / "index.html"
HEARTBEAT = 10.0  # seconds between pings, by which a page that vanished is noticed
GRACE = 4  # times a message's most bytes, up to which it is refused in words
AFTERWARDS = 1.0  # seconds from a call's end until its memory is given back
ENDING = 1.0  # seconds that open requests get when the server ends
GUARDED = ("/", "/call", "/health")  # what needs the token, where there is one
ACCESS, LIMITS = web.AppKey("access", Access), web.AppKey("limits", Limits)
SHARE = web.AppKey("share", Share)
SOCKETS = web.AppKey("sockets", set[web.WebSocketResponse])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(access: Access, limits: Limits | None = None) -> web.Application:
    """What aiohttp serves."""
    app = web.Application(middlewares=[guarded])
    app[ACCESS], app[LIMITS], app[SOCKETS] = access, limits or Limits(), set()
    app[SHARE] = Share(BUDGET_MS)
    app.router.add_get("/", index)
    app.router.add_get("/call", call)
    app.router.add_get("/health", health)
    app.router.add_static("/", PAGE)
    app.on_response_prepare.append(hardened)
    app.on_shutdown.append(hang_up)
    return app


async def serve(
    host: str,
    port: int,
    access: Access,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    started: Callable[[int], None] = lambda port: None,
) -> None:
    """Serve until cancelled; `started` is told the port. Raises OSError where it is taken."""
    share_heaps()
    runner = web.AppRunner(application(access, limits), shutdown_timeout=ENDING, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        started(runner.addresses[0][1])
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in who may come in."""
    access = request.app[ACCESS]
    try:
        access.check_host(request.host)
        if request.path in GUARDED:
            access.check_token(request.query.get("token"))
        if request.path == "/call":
            access.check_origin(request.host, request.headers.get("Origin"))
    except CallError as error:
        return web.json_response({"reason": error.reason, "message": str(error)}, status=403)
    return await handler(request)


async def hardened(request: web.Request, response: web.StreamResponse) -> None:
    """Tell browsers to load nothing from elsewhere, and to show the page in no other."""
    sockets = " ".join(f"{scheme}://{request.host}" for scheme in ("ws", "wss"))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; connect-src 'self' {sockets}; script-src 'self' 'wasm-unsafe-eval'; "
        "img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address may hold the token
    response.headers["Cache-Control"] = "no-cache"


async def index(request: web.Request) -> web.StreamResponse:
    """The page."""
    return web.FileResponse(INDEX)


async def health(request: web.Request) -> web.StreamResponse:
    """How much there is to do, and what holds memory: calls, tasks and threads."""
    counts = {
        "calls": len(request.app[SOCKETS]),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
    }
    return web.json_response(counts)


async def call(request: web.Request) -> web.StreamResponse:
    """A call, for as long as its socket is open."""
    limits, sockets = request.app[LIMITS], request.app[SOCKETS]
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=GRACE * limits.message_bytes)
    await socket.prepare(request)
    conversation = Conversation(socket, limits, request.app[SHARE])
    if len(sockets) >= limits.peers:
        await conversation.refuse(
            CallError(f"Every line is busy; this server has {limits.peers}.", "too_many_peers")
        )
        return socket
    sockets.add(socket)
    try:
        await conversation.hold()
    finally:
        sockets.discard(socket)
        asyncio.get_running_loop().call_later(AFTERWARDS, give_back_if_idle, sockets)
    return socket


def give_back_if_idle(sockets: set[web.WebSocketResponse]) -> None:
    """Not while somebody calls, who would hear it; and not before a call's last object is gone."""
    if not sockets:
        give_back()


async def hang_up(app: web.Application) -> None:
    """End all calls."""
    sockets = app[SOCKETS]
    for socket in tuple(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"The server ends.")
