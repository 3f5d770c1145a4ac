"""What a network would do to a peer's packets, done to them on their way to aiortc's receivers.

aiortc's transport takes a datagram apart and hands what was RTP to itself, by one call,
`transport._handle_rtp_data(data, arrival_time_ms=...)`. We put ourselves in front of that method on
this one transport, so that reports to the sender, and with them its choice of a rate, follow from
what arrives.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from aiortc import RTCDtlsTransport
from aiortc.clock import current_ms

from pellucid.call.impairment import Impairment


class Link:
    """Delays and loses what comes through a transport, until `close`. Needs a running event loop.

    octets: that came before the link, by payload type.
    """

    def __init__(self, transport: RTCDtlsTransport, impairment: Impairment) -> None:
        self.octets: Counter[int] = Counter()
        self._impairment = impairment
        self._loop = asyncio.get_running_loop()
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._handle = transport._handle_rtp_data
        transport._handle_rtp_data = self._take  # type: ignore[method-assign]

    def close(self) -> None:
        """Forget what is still on its way."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    async def _take(self, data: bytes, arrival_time_ms: int) -> None:
        self.octets[data[1] & 0x7F] += len(data)
        now = self._loop.time()
        due = self._impairment.arrival(len(data), now)
        if due is None:
            return
        if due <= now:
            await self._handle(data, arrival_time_ms=arrival_time_ms)
        else:
            self._hold(data, due)

    def _hold(self, data: bytes, due: float) -> None:
        def arrive() -> None:
            self._timers.discard(timer)
            task = self._loop.create_task(self._handle(data, arrival_time_ms=current_ms()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        timer = self._loop.call_at(due, arrive)
        self._timers.add(timer)
