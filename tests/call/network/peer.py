"""One end of a call that is measured, in a process of its own.

    python -m call.network.peer send video/VP8      prints an offer, reads an answer, sends
    python -m call.network.peer receive             reads an offer, prints an answer, receives

Both end with their standard input. The receiver prints one line then: when each picture and sound
was there and how old it was, the tracks' own statistics, and whatever went wrong unseen.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Coroutine, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import av
import numpy as np
from aiortc import (
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtcrtpsender import RTCRtpSender

from call.network.marks import HEARD, draw, listen, read, sound
from pellucid.call.prompt import prompt
from pellucid.call.sending import steady
from pellucid.call.tracks import EnhancedAudioTrack, EnhancedVideoTrack, receiver_of
from pellucid.video.upscale import Upscaler

OURS = "PLAIN_AIORTC" not in os.environ  # what a call is without our sender and receiver
SIZE, FPS = (320, 240), 25
NOISE = np.random.default_rng(1).integers(-40, 40, (16, SIZE[1], SIZE[0]), np.int16)
WAVES = 128 + 60 * np.sin(np.arange(SIZE[1])[:, None] / 9) * np.cos(np.arange(2 * SIZE[0]) / 13)


def scene(number: int, seconds: float, size: tuple[int, int] = SIZE) -> av.VideoFrame:
    """A picture that moves and rustles, so that a coder uses all the rate it may, and its time."""
    width, height = size
    left = 3 * number % SIZE[0]
    luma = WAVES[:height, left : left + width] + NOISE[number % 16, :height, :width]
    luma = np.clip(luma, 0, 255).astype(np.uint8)
    draw(luma, seconds)
    grey = np.full((height // 2, width), 128, np.uint8)
    frame = av.VideoFrame.from_ndarray(np.concatenate([luma, grey]), "yuv420p")
    frame.pts, frame.time_base = number * 90_000 // FPS, Fraction(1, 90_000)
    return frame


class Source(MediaStreamTrack):
    """Frames at a steady pace; where its reader is late, it goes on with what is due now."""

    def __init__(self, every: float) -> None:
        super().__init__()
        self._every, self._start, self._number = every, time.monotonic(), -1

    async def next_number(self) -> int:
        due = int((time.monotonic() - self._start) / self._every)
        self._number = max(self._number + 1, due)
        await asyncio.sleep(self.time_of(self._number) - time.monotonic())
        if self.readyState != "live":
            raise MediaStreamError
        return self._number

    def time_of(self, number: int) -> float:
        return self._start + number * self._every


class MarkedPictures(Source):
    kind = "video"

    def __init__(self) -> None:
        super().__init__(1 / FPS)

    async def recv(self) -> av.VideoFrame:
        number = await self.next_number()
        return scene(number, self.time_of(number))


class MarkedSound(Source):
    kind = "audio"

    def __init__(self) -> None:
        super().__init__(0.02)

    async def recv(self) -> av.AudioFrame:
        number = await self.next_number()
        samples = np.rint(sound(self.time_of(number), 960) * 2**15).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None], "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, number * 960
        frame.time_base = Fraction(1, 48_000)
        return frame


class Ages:
    """When each thing came and how old it was; how many could not be read."""

    def __init__(self) -> None:
        self.known: list[tuple[float, float]] = []
        self.sizes: dict[str, int] = {}
        self.unread = 0
        self._heard = np.zeros(HEARD)

    async def look(self, track: MediaStreamTrack) -> None:
        while True:
            frame, now = await track.recv(), time.monotonic()
            size = f"{frame.width}x{frame.height}"
            self.sizes[size] = self.sizes.get(size, 0) + 1
            self._note(now, read(frame.to_ndarray()[: frame.height], now))

    async def listen(self, track: MediaStreamTrack) -> None:
        while True:
            frame, now = await track.recv(), time.monotonic()
            samples = frame.to_ndarray()[0] / 2**15
            self._heard = np.concatenate([self._heard[samples.size :], samples])
            self._note(now, listen(self._heard, now))

    def _note(self, now: float, age: float | None) -> None:
        if age is None:
            self.unread += 1
        else:
            self.known.append((round(now, 4), round(age, 4)))


def peer_with(servers: list[dict[str, str]]) -> RTCPeerConnection:
    """Through these servers and no other way, if there are any."""
    policy = RTCIceTransportPolicy.RELAY if servers else RTCIceTransportPolicy.ALL
    known = [RTCIceServer(**server) for server in servers]
    return RTCPeerConnection(RTCConfiguration(known, iceTransportPolicy=policy))


async def send(peer: RTCPeerConnection, codec: str) -> None:
    peer.addTrack(MarkedSound())
    sender = peer.addTrack(MarkedPictures())
    if OURS:
        steady(sender)
    (video,) = (one for one in peer.getTransceivers() if one.kind == "video")
    known = RTCRtpSender.getCapabilities("video").codecs
    wanted = [one for one in known if one.mimeType in (codec, "video/rtx")]
    video.setCodecPreferences(wanted)
    await peer.setLocalDescription(await peer.createOffer())
    say({"sdp": peer.localDescription.sdp, "type": "offer"})
    await peer.setRemoteDescription(RTCSessionDescription(**await heard()))
    await heard()


async def receive(peer: RTCPeerConnection) -> None:
    ages, tracks, tasks = {"video": Ages(), "audio": Ages()}, {}, []

    @peer.on("track")
    def on_track(track: MediaStreamTrack) -> None:
        made: EnhancedAudioTrack | EnhancedVideoTrack
        if track.kind == "video":
            if OURS:
                prompt(receiver_of(peer, track))
            made = EnhancedVideoTrack(track, Upscaler("lite", threads=1))
            work: Coroutine[Any, Any, None] = ages["video"].look(made)
        else:
            made = EnhancedAudioTrack(receiver_of(peer, track))
            work = ages["audio"].listen(made)
        tracks[track.kind] = made
        tasks.append(asyncio.ensure_future(work))

    await peer.setRemoteDescription(RTCSessionDescription(**await heard()))
    await peer.setLocalDescription(await peer.createAnswer())
    say({"sdp": peer.localDescription.sdp, "type": "answer"})
    await watch(tracks, counted := [], asyncio.ensure_future(heard()))
    ended = [repr(task.exception()) for task in tasks if task.done()]
    say(
        {kind: vars(one) | {"_heard": None} for kind, one in ages.items()}
        | {"stats": {kind: asdict(track.stats) for kind, track in tracks.items()}, "ended": ended}
        | {"counted": counted, "wrong": WRONG}
    )


async def watch(
    tracks: Mapping[str, Any], counted: list[tuple[float, int, int]], end: asyncio.Future[Any]
) -> None:
    """Twice a second until the end: the time, and how many pulls were concealed, of how many."""
    while not end.done():
        playout = tracks["audio"].stats.playout
        heard = playout.concealed + playout.played - playout.joined
        counted.append((round(time.monotonic(), 3), playout.concealed, heard))
        await asyncio.wait([end], timeout=0.5)


WRONG: list[str] = []  # what asyncio tells of and nobody waits for


async def heard() -> Any:
    """The next line of standard input; None at its end."""
    line = await asyncio.to_thread(sys.stdin.readline)
    return json.loads(line) if line else None


def say(words: object) -> None:
    print(json.dumps(words), flush=True)


async def main(role: str, *codec: str) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, told: WRONG.append(str(told)))
    peer = peer_with(await heard() or [])
    await (send(peer, *codec) if role == "send" else receive(peer))
    await peer.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
