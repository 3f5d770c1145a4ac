"""One caller of the server: what comes, through a link as bad as was wished, goes back enhanced."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack

from pellucid.call.comparison import Comparison
from pellucid.call.extensions import Known, answered, offered
from pellucid.call.impairment import Impairment
from pellucid.call.limits import Limits
from pellucid.call.link import Link
from pellucid.call.prompt import prompt
from pellucid.call.receiving import hang_up
from pellucid.call.sending import Pictures, steady
from pellucid.call.settings import CHOICES, Settings
from pellucid.call.share import Share
from pellucid.call.tracks import (
    BUDGET_MS,
    EnhancedAudioTrack,
    EnhancedVideoTrack,
    receiver_of,
)
from pellucid.errors import CallError
from pellucid.video.upscale import Upscaler

VOICE = ("denoise", "extend")
OVER = ("failed", "closed")  # states of a connection
HANGING_UP = 2.0  # seconds that this may take


class Peer:
    """A connection; `gone` is set when it is over, and `why` says why where that was no hanging
    up. share: what it has of the time for pictures. Needs a running event loop. Close it whatever
    happens.
    """

    def __init__(self, limits: Limits, share: Share) -> None:
        self.settings = Settings()
        self.gone, self.why = asyncio.Event(), ""
        self.video: EnhancedVideoTrack | None = None
        self.audio: EnhancedAudioTrack | None = None
        self.pictures: Pictures | None = None
        self.link: Link | None = None
        self.impairment = Impairment()
        # All on one way, as browsers do it; else aiortc puts a third stream on one that it closes.
        bundled = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self.connection = RTCPeerConnection(bundled)
        self._comparison: Comparison | None = None
        self._limits, self._share, self._known = limits, share, Known()
        self._timer: asyncio.TimerHandle | None = None
        self.connection.on("track", self._on_track)
        self.connection.on("connectionstatechange", self._on_state)
        self.set(self.settings)

    async def answer(self, offer: object) -> str:
        """The SDP that answers an offer's. Raises CallError for an offer that is not understood."""
        sdp = self._limits.check_offer(offer)
        known = self._known = offered(sdp)
        try:
            await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            await self.connection.setLocalDescription(await self.connection.createAnswer())
        except Exception as error:  # aiortc raises whatever it stumbles on
            raise CallError("This SDP is not understood.", "malformed_sdp") from error
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._limits.connect_s, self._give_up)
        return answered(self.connection.localDescription.sdp, known)

    def set(self, settings: Settings) -> None:
        """Do as the caller wishes from now on."""
        self.settings = settings
        rate = settings.rate_kbps or self._limits.rate_kbps
        self.impairment.conditions = replace(settings.conditions, rate_kbps=rate)
        if self._comparison:
            self._comparison.model, self._comparison.before = settings.model, settings.split
        if self.video:
            self.video.enhancing = settings.picture == "server"
        if self.audio:
            self.audio.enhancing = settings.voice == "clear"

    async def close(self) -> None:
        """Hang up and free everything."""
        self._end("")
        if self._timer:
            self._timer.cancel()
        if self.link:
            self.link.close()
        for track in (self.video, self.audio):
            if track:
                track.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(HANGING_UP):
                await hang_up(self.connection)

    def _on_track(self, track: MediaStreamTrack) -> None:
        receiver = receiver_of(self.connection, track)
        if self.link is None:
            self.link = Link(receiver.transport, self.impairment)
        if track.kind == "video":
            models = {name: Upscaler(name, budget_ms=BUDGET_MS) for name in CHOICES["model"]}
            self._comparison = Comparison(models, budget_ms=self._budget_ms)
            self.video = EnhancedVideoTrack(track, self._comparison, self._limits.largest, fit=True)
            prompt(receiver)
            known, self._known = self._known, Known()  # numbers are the whole connection's
            self.pictures = steady(self._back(self.video), known)
        else:
            self.audio = EnhancedAudioTrack(receiver, VOICE)
            self.connection.addTrack(self.audio)
        self.set(self.settings)

    def _budget_ms(self) -> float:
        return self._share.of(self, time.monotonic())

    def _back(self, track: MediaStreamTrack) -> RTCRtpSender:
        """Who sends a track back: on a way of its own, where the caller offers one."""
        for one in self.connection.getTransceivers():
            unused = one.kind == track.kind and one.sender.track is None
            if unused and one._offerDirection == "sendonly":
                one.sender.replaceTrack(track)
                one.direction = "sendonly"
                return one.sender
        return self.connection.addTrack(track)

    def _on_state(self) -> None:
        if self.connection.connectionState in OVER:
            self._end("The connection was lost.")

    def _give_up(self) -> None:
        if self.connection.connectionState != "connected":
            self._end(f"No connection within {self._limits.connect_s:g} seconds.")

    def _end(self, why: str) -> None:
        if not self.gone.is_set():
            self.why = why
            self.gone.set()
