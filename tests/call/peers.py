"""Two real peers of aiortc in one process, joined over this machine's own addresses."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import threading
import time
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from call.coded import tone

PATIENCE = 60.0  # seconds that anything may take on a busy machine
TESTS = Path(__file__).parents[1]
Wrap = Callable[[RTCPeerConnection, MediaStreamTrack], MediaStreamTrack]


class Tone(MediaStreamTrack):
    """A voice of sorts: 200 Hz, 20 ms every 20 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._samples = (tone(1.0) * 2**15).astype(np.int16)
        self._number = 0

    async def recv(self) -> av.AudioFrame:
        await _paced(self, self._number * 0.02)
        at = self._number * 960 % self._samples.size
        frame = av.AudioFrame.from_ndarray(self._samples[None, at : at + 960], "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, self._number * 960
        frame.time_base = Fraction(1, 48_000)
        self._number += 1
        return frame


class Camera(MediaStreamTrack):
    """Grey pictures of a size that may be changed, ten a second."""

    kind = "video"

    def __init__(self, size: tuple[int, int] = (160, 120)) -> None:
        super().__init__()
        self.size = size
        self._number = 0

    async def recv(self) -> av.VideoFrame:
        await _paced(self, self._number * 0.1)
        frame = av.VideoFrame(*self.size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([100 + self._number % 50]) * plane.buffer_size)
        frame.pts, frame.time_base = self._number * 9000, Fraction(1, 90_000)
        self._number += 1
        return frame


async def _paced(track: MediaStreamTrack, due: float) -> None:
    if track.readyState != "live":
        raise MediaStreamError
    start = track.__dict__.setdefault("started", time.monotonic())
    await asyncio.sleep(max(start + due - time.monotonic(), 0))


class Call:
    """A caller who sends tracks, and a listener who wraps what comes."""

    def __init__(self, *tracks: MediaStreamTrack) -> None:
        self.caller, self.listener = (
            RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)
        )
        for track in tracks:
            self.caller.addTrack(track)
        self.wrapped: dict[str, MediaStreamTrack] = {}

    async def connect(self, wrap: Wrap) -> None:
        """Offer and answer; `wrap` makes of each track what is kept of it, by kind."""

        @self.listener.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            self.wrapped[track.kind] = wrap(self.listener, track)

        await self.caller.setLocalDescription(await self.caller.createOffer())
        await self.listener.setRemoteDescription(self.caller.localDescription)
        await self.listener.setLocalDescription(await self.listener.createAnswer())
        await self.caller.setRemoteDescription(self.listener.localDescription)

    async def close(self) -> None:
        """Both hang up."""
        await self.caller.close()
        await self.listener.close()


@asynccontextmanager
async def calling(wrap: Wrap, *tracks: MediaStreamTrack) -> AsyncIterator[Call]:
    """A call that is connected, and closed again."""
    call = Call(*tracks)
    try:
        await call.connect(wrap)
        yield call
    finally:
        await call.close()


@asynccontextmanager
async def calling_process(listener: RTCPeerConnection) -> AsyncIterator[Process]:
    """A caller who is another process, which may be killed."""
    words = (sys.executable, "-m", "call.caller")
    process = await create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, cwd=TESTS)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        offer = json.loads(await process.stdout.readline())
        await listener.setRemoteDescription(RTCSessionDescription(**offer))
        await listener.setLocalDescription(await listener.createAnswer())
        answer = listener.localDescription
        process.stdin.write(json.dumps({"sdp": answer.sdp, "type": answer.type}).encode() + b"\n")
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.communicate()


def lose_sound(sender: RTCRtpSender, share: float, seed: int) -> list[int]:
    """Lose a share of the packets that a sender sends; the list grows by their numbers."""
    transport, rng, lost = sender.transport, random.Random(seed), []
    send = transport._send_rtp

    async def lossy(data: bytes) -> None:
        number = int.from_bytes(data[2:4], "big")
        # Reports of senders and receivers, types 200 to 206, go through.
        if not 200 <= data[1] <= 206 and rng.random() < share:
            lost.append(number)
        else:
            await send(data)

    transport._send_rtp = lossy
    return lost


def run(work: Callable[[], Awaitable[None]]) -> None:
    """Run it within `PATIENCE`; no task and no thread of ours or aiortc's is left afterwards."""

    async def all_of_it() -> None:
        before = asyncio.all_tasks()
        async with asyncio.timeout(PATIENCE):
            await work()
            while asyncio.all_tasks() - before or _threads():
                await asyncio.sleep(0.02)

    asyncio.run(all_of_it())
    assert not _threads()


def _threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("pellucid") or name.endswith("-decoder")]
