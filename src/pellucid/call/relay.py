"""One publisher of a room enhanced: subscribed to, made clear, and published again.

Janus ─▶ EnhancedVideoTrack ─▶ Janus
Janus ─▶ EnhancedAudioTrack ─▶ Janus
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiortc.mediastreams import MediaStreamTrack

from pellucid.call.assembly import Assembly
from pellucid.call.janus import Fields, Handle, Session
from pellucid.call.leg import Leg
from pellucid.call.pictures import VideoStats
from pellucid.call.prompt import prompt
from pellucid.call.room import MARK, Id, Publisher
from pellucid.call.sending import Pictures, steady
from pellucid.call.tracks import (
    BUDGET_MS,
    LARGEST,
    EnhancedAudioTrack,
    EnhancedVideoTrack,
    receiver_of,
)
from pellucid.call.voice import Voice, VoiceStats
from pellucid.errors import CallError
from pellucid.video.upscale import Upscaler

GOODBYE = 1.0  # seconds for legs to close


@dataclass(frozen=True)
class Means:
    """What is done to a call. model: a picture model's name or path; voice: steps of a `Clearer`;
    largest: pictures of more pixels go through as they are. name: what an output's display begins
    with.
    """

    model: str = "standard"
    voice: Sequence[str] = ()
    largest: tuple[int, int] = LARGEST
    name: str = "Pellucid"

    def check(self) -> None:
        """Raises ArtifactError for a model, FrameError for a step that there is not."""
        self.upscaler()
        Voice(self.voice)

    def upscaler(self) -> Upscaler:
        """For one call, on one thread, within a frame's time. Raises ArtifactError."""
        return Upscaler(self.model, threads=1, budget_ms=BUDGET_MS)


@dataclass(eq=False)
class Relay:
    """One call. where: what requests to join the room carry. joined: is told the output's id before
    anybody else is; output: that id; connected: whether what it publishes arrives in Janus.
    coming, going: pictures on their way here and from here.
    """

    session: Session
    where: Fields
    publisher: Publisher
    means: Means
    joined: Callable[[Id], None]
    output: Id | None = None
    connected: bool = False
    video: EnhancedVideoTrack | None = None
    audio: EnhancedAudioTrack | None = None
    coming: Assembly | None = None
    going: Pictures | None = None
    _legs: list[Leg] = field(default_factory=list)
    _handles: list[Handle] = field(default_factory=list)

    async def run(self) -> None:
        """Until one side ends; when it returns or raises, everything is freed. Raises CallError,
        and what aiortc raises for a session description that it does not understand.
        """
        try:
            self._enhance(*await self._subscribe())
            await self._publish()
            await self._end()
        finally:
            await self._close()

    @property
    def sent_out(self) -> bool:
        """Whether a moderator took the output out of the room."""
        return any(handle.sent_out for handle in self._handles)

    @property
    def stats(self) -> tuple[VideoStats | None, VoiceStats | None]:
        """Of pictures and of sound, as of now."""
        video, audio = self.video, self.audio
        return video.stats if video else None, audio.stats if audio else None

    async def _subscribe(self) -> tuple[Leg, list[MediaStreamTrack]]:
        """What the publisher sends, once it comes: before, aiortc would not end its tracks."""
        handle, leg = await self._begin()
        tracks: list[MediaStreamTrack] = []

        def take(track: MediaStreamTrack) -> None:  # before its first packet
            if track.kind == "video":
                self.coming = prompt(receiver_of(leg.connection, track))
            tracks.append(track)

        leg.connection.on("track", take)
        streams = [{"feed": self.publisher.id, "mid": one.mid} for one in self.publisher.streams]
        body = {"request": "join", "ptype": "subscriber", **self.where, "streams": streams}
        # Where streams change, this call ends and another begins: see `Calls`.
        offer = (await handle.ask({**body, "autoupdate": False})).jsep
        if offer is None:
            raise CallError(f"{self.publisher.display}: Janus offers nothing")
        await handle.ask({"request": "start"}, await leg.answer(offer))
        await leg.up()
        return leg, tracks

    def _enhance(self, leg: Leg, tracks: Sequence[MediaStreamTrack]) -> None:
        for track in tracks:
            if track.kind == "video":
                upscaler = self.means.upscaler()
                self.video = EnhancedVideoTrack(track, upscaler, self.means.largest)
            else:
                receiver = receiver_of(leg.connection, track)
                self.audio = EnhancedAudioTrack(receiver, self.means.voice)

    async def _publish(self) -> None:
        handle, leg = await self._begin()
        for track in filter(None, (self.audio, self.video)):
            sender = leg.connection.addTransceiver(track, "sendonly").sender
            if sender.kind == "video":
                self.going = steady(sender)
        await self._join(handle)
        offer = await leg.offer()
        answer = (await handle.ask(self._publishing(leg), offer)).jsep
        if answer is None:
            raise CallError(f"{self.publisher.display}: Janus does not take what is made of it")
        await leg.take(answer)
        await leg.up()
        self.connected = True

    async def _join(self, handle: Handle) -> None:
        display = f"{self.means.name}: {self.publisher.display}"
        body = {"request": "join", "ptype": "publisher", "display": display, **self.where}
        output: Id = (await handle.ask(body)).data["id"]
        self.joined(output)
        self.output = output

    def _publishing(self, leg: Leg) -> Fields:
        mark = f"{MARK}{self.publisher.id}"
        mids = [one.mid for one in leg.connection.getTransceivers()]
        marks = [{"mid": mid, "description": mark} for mid in mids]
        return {"request": "publish", "descriptions": marks}

    async def _end(self) -> None:
        """Wait until a connection is gone or Janus says so. Raises CallError when it is lost."""
        endings = [one.over() for one in self._legs] + [one.ended() for one in self._handles]
        waits = [asyncio.ensure_future(one) for one in endings]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in waits:
                one.cancel()

    async def _begin(self) -> tuple[Handle, Leg]:
        handle, leg = await self.session.attach(), Leg()
        self._handles.append(handle)
        self._legs.append(leg)
        return handle, leg

    async def _close(self) -> None:
        for track in filter(None, (self.video, self.audio)):
            track.stop()
        goodbyes = [one.close() for one in self._legs] + [one.detach() for one in self._handles]
        if goodbyes:
            await asyncio.wait([asyncio.ensure_future(bye) for bye in goodbyes], timeout=GOODBYE)
